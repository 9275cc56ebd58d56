import { place } from './address.js'
import { Api } from './api.js'
import { bdi, byId, el, setText } from './dom.js'
import { EntriesView } from './entries.js'
import { Feed } from './feed.js'
import { shown } from './format.js'
import { OverviewView } from './overview.js'
import { forgetToken, keepToken, recallToken } from './session.js'
import { signIn } from './sign-in.js'
import { WritesView } from './writes.js'

const main = byId('main')
const views = { '': OverviewView, entries: EntriesView, writes: WritesView }

/** Until what was told is taken away. */
let telling

/** What is under way while somebody is signed in: the feed, and the view that the address names. */
let current

function start(token) {
  const api = new Api(token)
  const feed = new Feed(api, heard, lost)
  current = { api, feed, tell, lost, view: undefined, name: undefined }
  byId('views').hidden = byId('session').hidden = false
  main.replaceChildren(el('p', { class: 'hint' }, 'Asking the application…'))
  feed.ask()
}

function stop(why) {
  current?.feed.end()
  current?.view?.end()
  current = undefined
  forgetToken()
  byId('views').hidden = byId('session').hidden = true
  setText(byId('namespace'), '')
  document.title = 'Cachesmith'
  signIn(main, why, (token) => {
    keepToken(token)
    start(token)
  })
}

function heard() {
  const { feed, view } = current
  setText(byId('namespace'), shown(feed.latest.namespace))
  live('live', 'Live')
  if (view === undefined) show()
  else view.update()
}

/** Trouble of any call: a token that is no longer good ends the session, everything else is told. */
function lost(error) {
  if (error.code === 'TOKEN') return stop('The application has another token now. It was started anew, perhaps.')
  live('lost', error.code === 'UNREACHABLE' ? 'No answer' : error.message)
}

function live(state, text) {
  byId('live').dataset.state = state
  setText(byId('live-text'), text)
}

/** Shows what the address asks for. A view that stays is told of its new query alone. */
function show() {
  if (current?.feed.latest === undefined) return
  const { name: asked, query } = place()
  const name = Object.hasOwn(views, asked) ? asked : ''
  for (const link of byId('views').children) {
    if (link.hash === `#/${name}`) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  if (current.view === undefined || current.name !== name) {
    current.view?.end()
    current.name = name
    current.view = new views[name](current)
    main.replaceChildren(current.view.element)
    document.title = `${current.view.title} · ${shown(current.feed.latest.namespace, 60)} · Cachesmith`
    scrollTo(0, 0)
  }
  current.view.open(query)
}

/** Says what was done, to eyes and to screen readers. */
function tell(text, subject) {
  byId('told').replaceChildren(
    el('p', {}, text, subject === undefined ? '' : ' ', subject === undefined ? '' : bdi(shown(subject, 120))),
  )
  clearTimeout(telling)
  telling = setTimeout(() => byId('told').replaceChildren(), 8_000)
}

addEventListener('hashchange', () => {
  if (!location.hash.startsWith('#token=')) return show()
  current?.feed.end()
  current?.view?.end()
  start(recallToken())
})
byId('sign-out').addEventListener('click', () => stop())
byId('skip').addEventListener('click', () => main.focus())

const token = recallToken()
if (token === undefined) stop()
else start(token)
