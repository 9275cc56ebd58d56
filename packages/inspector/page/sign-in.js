import { Api } from './api.js'
import { button, el, field } from './dom.js'

/** Asks for the token, and calls `taken` with one that the application accepts. */
export function signIn(main, why, taken) {
  const wrong = el('p', { class: 'error', role: 'alert' }, why ?? '')
  const token = el('input', {
    id: 'token',
    type: 'password',
    autocomplete: 'off',
    spellcheck: 'false',
    required: true,
  })
  const send = button('Sign in', undefined, { type: 'submit', class: 'primary' })
  const form = el(
    'form',
    { class: 'sign-in panel' },
    el('h1', {}, 'Sign in'),
    el(
      'p',
      {},
      'This page shows the caches of a running application. It asks for the token that the application was started with.',
    ),
    field('Token', token, 'It stays in this tab.'),
    wrong,
    send,
  )
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    wrong.textContent = ''
    send.disabled = true
    try {
      await new Api(token.value.trim()).get('caches')
      taken(token.value.trim())
    } catch (error) {
      wrong.textContent = error.code === 'TOKEN' ? 'This is not the token.' : error.message
      token.focus()
      token.select()
    } finally {
      send.disabled = false
    }
  })
  main.replaceChildren(form)
  token.focus()
}
