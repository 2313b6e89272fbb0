import type { ReactElement } from 'react'
import type { Key } from '../i18n/en'
import { useT } from '../i18n/t'
import { Dialog } from '../kit/dialog'
import { usePrefs } from '../state/prefs'

const groups: { title: Key; keys: [string, Key][] }[] = [
  { title: 'help.everywhere', keys: [['?', 'help.help'], ['Esc', 'help.escape'], ['S', 'help.goSearch']] },
  { title: 'help.search', keys: [['/', 'help.focusFilter'], ['j k', 'help.rows'], ['Enter', 'help.open']] },
  {
    title: 'help.trace',
    keys: [
      ['↓ ↑ j k', 'help.rows'], ['← →', 'help.fold'], ['Enter', 'help.details'], ['o O', 'help.levels'], ['{ }', 'help.all'],
      ['w s', 'help.zoom'], ['a d', 'help.pan'], ['0', 'help.fit'], ['z', 'help.fitSpan'], ['/', 'help.find'],
      ['n N', 'help.matches'], ['e E', 'help.errors'], ['h', 'help.mode'], ['y', 'help.copyLink'],
    ],
  },
]

export function HelpDialog({ onClose }: { onClose: () => void }): ReactElement {
  const t = useT()
  const keys = usePrefs((prefs) => prefs.keys)
  return (
    <Dialog title={t('help.title')} onClose={onClose}>
      <div className="help">
        {groups.map((group) => (
          <section key={group.title}>
            <h3>{t(group.title)}</h3>
            <dl>
              {group.keys.map(([keys, what]) => (
                <div key={keys}>
                  <dt>{keys.split(' ').map((key) => <kbd key={key}>{key}</kbd>)}</dt>
                  <dd>{t(what)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className="help-switch">
        <input type="checkbox" checked={keys} onChange={(event) => usePrefs.setState({ keys: event.target.checked })} />
        {t('help.enabled')}
      </label>
    </Dialog>
  )
}
