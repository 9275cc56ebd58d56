import { byId } from './dom.js'
import { shown } from './format.js'

/** Asks before something is done that cannot be taken back. The answer that changes nothing has the focus. */
export function confirmed({ title, text, subject, yes }) {
  const dialog = byId('confirm')
  byId('confirm-title').textContent = title
  byId('confirm-text').textContent = text
  byId('confirm-subject').textContent = shown(subject)
  byId('confirm-yes').textContent = yes
  dialog.returnValue = 'no'
  byId('confirm-no').onclick = () => dialog.close('no')
  byId('confirm-yes').onclick = () => dialog.close('yes')
  dialog.showModal()
  byId('confirm-no').focus()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true })
  })
}
