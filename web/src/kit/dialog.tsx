import { useEffect, useRef } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { useT } from '../i18n/t'
import { Icon } from './icons'

/** A modal over the page; Escape and a click beside it close it. */
export function Dialog(props: { title: string; onClose: () => void; children: ReactNode }): ReactElement {
  const t = useT()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="dialog-title" onClose={props.onClose}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}>
      <div className="dialog-head">
        <h2 id="dialog-title">{props.title}</h2>
        <button type="button" className="icon-button" aria-label={t('app.close')} onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      {props.children}
    </dialog>
  )
}
