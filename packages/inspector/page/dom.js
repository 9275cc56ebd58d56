/**
 * An element. Text is only ever set as text: nothing that the application holds is read as markup.
 * `on…` are listeners, `data` and `aria` are objects, true and false are attributes that are there or not, everything else is an attribute.
 */
export function el(tag, given = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name === 'data' || name === 'aria')
      for (const [key, text] of Object.entries(value)) element.setAttribute(`${name}-${key}`, text)
    else if (typeof value === 'boolean') element.toggleAttribute(name, value)
    else if (value !== undefined) element.setAttribute(name, value)
  }
  element.append(...children.filter((child) => child !== undefined))
  return element
}

export const byId = (id) => document.getElementById(id)

/** Sets a text only where it is another, so that nothing is drawn, selected or announced anew. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/** Text of the application's own, apart from the direction of what stands around it. */
export const bdi = (text, given = {}) => el('bdi', given, text)

/** A field with its label above it, and words on what to write. */
export function field(label, input, hint) {
  if (hint !== undefined) input.setAttribute('aria-describedby', `${input.id}-hint`)
  return el(
    'div',
    { class: 'field' },
    el('label', { for: input.id }, label),
    input,
    hint === undefined ? undefined : el('p', { class: 'hint', id: `${input.id}-hint` }, hint),
  )
}

export const button = (label, onclick, given = {}) => el('button', { type: 'button', onclick, ...given }, label)

/** A term and what is said of it, for a `dl`. */
export const fact = (term, ...said) => el('div', {}, el('dt', {}, term), el('dd', {}, ...said))
