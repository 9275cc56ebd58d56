import { address, fits } from './address.js'
import { bdi, el } from './dom.js'
import { shown } from './format.js'

/** A tag; where it can be asked for, a link to the entries that bear it. */
export function tagLink(cache, tag) {
  const text = bdi(shown(tag, 60))
  if (!fits(tag)) return el('span', { class: 'tag' }, text)
  return el('a', { class: 'tag', href: address('entries', { cache, tag }), title: 'Entries of this tag' }, text)
}
