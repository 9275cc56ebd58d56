/** What wants to know of each instance (for statics: class) that a manager is bound to: a write-behind method, whose recovered writes wait for it. */
export interface Attachable {
  attach(manager: object, self: object): void
}

const attachables = Symbol.for('cachesmith.attachables')
type Holder = { [attachables]?: Set<Attachable> }

/** Notes one on what its class keeps: a prototype, a class for its statics, or a class's standard metadata. */
export function note(holder: object, attachable: Attachable): void {
  const own = Object.hasOwn(holder, attachables) ? (holder as Holder)[attachables]! : new Set<Attachable>()
  if (own.size === 0) Object.defineProperty(holder, attachables, { value: own })
  own.add(attachable)
}

/** Tells those of the class of `self`, and of its parents. A prototype that carries a manager for a while is no instance. */
export function attachAll(manager: object, self: object): void {
  if (isPrototype(self)) return
  const start: object | null = typeof self === 'function' ? self : Object.getPrototypeOf(self)
  for (let at = start; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    tell(at, manager, self)
    const cls: unknown = typeof at === 'function' ? at : Object.getOwnPropertyDescriptor(at, 'constructor')?.value
    if (typeof cls !== 'function' || Symbol.metadata === undefined || !Object.hasOwn(cls, Symbol.metadata)) continue
    const metadata = (cls as { [Symbol.metadata]?: object | null })[Symbol.metadata]
    if (metadata) tell(metadata, manager, self)
  }
}

function tell(holder: object, manager: object, self: object): void {
  if (!Object.hasOwn(holder, attachables)) return
  for (const attachable of (holder as Holder)[attachables]!) attachable.attach(manager, self)
}

function isPrototype(self: object): boolean {
  const made: unknown = Object.getOwnPropertyDescriptor(self, 'constructor')?.value
  return typeof made === 'function' && made.prototype === self
}
