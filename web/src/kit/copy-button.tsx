import { useEffect, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { useT } from '../i18n/t'
import { Icon } from './icons'
import type { IconName } from './icons'

async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  // Plain http: there is no clipboard API, only the selection of a text field.
  const field = document.createElement('textarea')
  field.value = text
  document.body.append(field)
  field.select()
  document.execCommand('copy')
  field.remove()
}

interface Props {
  text: string | (() => string)
  label: string
  icon?: IconName
  className?: string
  children?: ReactNode
}

export function CopyButton({ text, label, icon = 'copy', className = 'icon-button', children }: Props): ReactElement {
  const t = useT()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = (): void => {
    copyText(typeof text === 'string' ? text : text()).then(() => setCopied(true), () => setCopied(false))
  }
  return (
    <button type="button" className={className} aria-label={children ? undefined : label} title={label} onClick={copy}>
      <Icon name={copied ? 'check' : icon} />
      {children}
      <span className="hidden-text" role="status">{copied ? t('app.copied') : ''}</span>
    </button>
  )
}
