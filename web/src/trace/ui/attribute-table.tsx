import { useState } from 'react'
import type { ReactElement } from 'react'
import { Link } from 'wouter'
import type { Attribute } from '../../api/types'
import { formatBytes } from '../../i18n/format'
import { useT } from '../../i18n/t'
import { CopyButton } from '../../kit/copy-button'
import { Icon } from '../../kit/icons'
import { condition } from '../../lang/q'
import { attributeText, groupAttributes } from './attributes'

const shownChars = 4096

interface Props {
  attributes: readonly Attribute[]
  filter?: string
  /** Scope prefix of the filter language, for looking up traces with the same value; absent where that is not offered. */
  scope?: 'span' | 'resource'
}

export function AttributeTable({ attributes, filter = '', scope }: Props): ReactElement {
  const t = useT()
  const groups = groupAttributes(attributes, filter)
  if (groups.length === 0) return <p className="none">{t('detail.none')}</p>
  return (
    <table className="attributes">
      <colgroup><col className="key" /><col /><col className="actions" /></colgroup>
      {groups.map((group) => (
        <tbody key={group.name}>
          {group.name !== '' && groups.length > 1 && <tr><th colSpan={3} scope="rowgroup" className="group">{group.name}</th></tr>}
          {group.attributes.map((attribute, i) => <AttributeRow key={`${attribute.key} ${i}`} attribute={attribute} scope={scope} />)}
        </tbody>
      ))}
    </table>
  )
}

function AttributeRow({ attribute, scope }: { attribute: Attribute; scope: Props['scope'] | undefined }): ReactElement {
  const t = useT()
  const { key, type } = attribute
  const text = attributeText(attribute)
  const searchable = scope !== undefined && /^(string|int|bool|double)$/.test(type) && text.length < 512 && attribute.cut_bytes === undefined
  return (
    <tr>
      <th scope="row">{key}</th>
      <td className={`value ${type}`}>
        <LongText text={text} />
        {attribute.cut_bytes !== undefined && <em>{t('detail.cut', { size: formatBytes(attribute.cut_bytes) })}</em>}
      </td>
      <td className="actions">
        <CopyButton text={text} label={t('detail.copyValue', { key })} />
        {searchable && (
          <Link className="icon-button" aria-label={t('detail.searchValue', { key })} title={t('detail.searchValue', { key })}
            href={`/search?${new URLSearchParams({ q: condition(`${scope}.${key}`, '=', text) })}`}>
            <Icon name="search" />
          </Link>
        )}
      </td>
    </tr>
  )
}

function LongText({ text }: { text: string }): ReactElement {
  const t = useT()
  const [all, setAll] = useState(false)
  if (text.length <= shownChars || all) return <>{text}</>
  return (
    <>
      {text.slice(0, shownChars)}…{' '}
      <button type="button" className="button" onClick={() => setAll(true)}>{t('detail.more')} ({formatBytes(text.length)})</button>
    </>
  )
}
