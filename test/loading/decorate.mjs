/** Puts legacy decorators on a method, as compiled code does. */
export function decorate(cls, name, ...decorators) {
  const before = Object.getOwnPropertyDescriptor(cls.prototype, name)
  const after = decorators.reduceRight((all, one) => one(cls.prototype, name, all) ?? all, before)
  Object.defineProperty(cls.prototype, name, after)
}
