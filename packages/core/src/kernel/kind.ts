import { isDeepStrictEqual, types } from './node-util.js'

/** The names of all typed arrays of this runtime. */
export const TYPED_ARRAYS: readonly string[] = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
].filter((name) => name in globalThis)

/** The names of the built-in errors. */
export const ERRORS: readonly string[] = [
  'Error',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AggregateError',
]

const BRANDS: Record<string, (value: object) => boolean> = {
  Array: Array.isArray,
  Date: types.isDate,
  Map: types.isMap,
  Set: types.isSet,
  RegExp: types.isRegExp,
  ArrayBuffer: types.isArrayBuffer,
  DataView: types.isDataView,
  Buffer: (value) => Buffer.isBuffer(value) && Object.getPrototypeOf(value) === Buffer.prototype,
  URL: (value) => value instanceof URL && branded(() => value.href),
  URLSearchParams: (value) => value instanceof URLSearchParams && branded(() => value.size),
}
for (const name of TYPED_ARRAYS) {
  BRANDS[name] = (value) => types.isTypedArray(value) && Reflect.get(value, Symbol.toStringTag) === name
}
for (const name of ERRORS) BRANDS[name] = types.isNativeError
Object.setPrototypeOf(BRANDS, null)

/**
 * What an object is made by: `'Object'` for a plain one, `'null'` for a plain one without prototype, the constructor's
 * name for a built-in whose content can be read, `undefined` for everything else (instances of other classes, boxed
 * primitives, promises, weak collections). It knows the built-ins of other realms, as Jest and `node:vm` make them.
 */
export function kindOf(value: object): string | undefined {
  const proto: object | null = Object.getPrototypeOf(value)
  if (proto === Object.prototype || proto === null) {
    if (Array.isArray(value) || ArrayBuffer.isView(value)) return undefined
    return proto === null ? 'null' : 'Object'
  }
  const name: unknown = Object.getOwnPropertyDescriptor(proto, 'constructor')?.value?.name
  if (typeof name !== 'string') return undefined
  if (name === 'Object') {
    return Object.getPrototypeOf(proto) === null && Object.hasOwn(proto, 'isPrototypeOf') ? name : undefined
  }
  const brand = BRANDS[name]
  return brand !== undefined && isBuiltIn(proto, name) && brand(value) ? name : undefined
}

/** Whether a built-in bears more own properties, symbols included, than the `own` ones it is born with. */
export function extrasOf(value: object, own = 0): boolean {
  return Reflect.ownKeys(value).length > own
}

/**
 * The same of a view, whose own keys would be all its indexes: the built-in comparison with a bare view of the same bytes takes
 * none of them one by one. Of a typed array only what is enumerable counts.
 */
export function viewExtras(view: ArrayBufferView, kind: string): boolean {
  if (kind === 'DataView') return extrasOf(view)
  const { buffer, byteOffset, byteLength } = view
  if (kind === 'Buffer') return !isDeepStrictEqual(view, Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength))
  const { constructor: Bare } = Object.getPrototypeOf(view) as { constructor: Uint8ArrayConstructor }
  return !isDeepStrictEqual(view, new Bare(buffer as ArrayBuffer, byteOffset, (view as Uint8Array).length))
}

/** Whether something that looks like an empty plain object holds content all the same: a built-in whose prototype was replaced. */
export function isDisguised(value: object): boolean {
  return DISGUISED.some((holds) => holds(value))
}

const DISGUISED: readonly ((value: object) => boolean)[] = [
  types.isMap,
  types.isSet,
  types.isDate,
  types.isRegExp,
  types.isPromise,
  types.isAnyArrayBuffer,
  types.isNativeError,
  types.isBoxedPrimitive,
  types.isWeakMap,
  types.isWeakSet,
]

/** The `lastIndex` of a RegExp, which may have been set to anything; undefined for what is no index. */
export function indexOf(regExp: RegExp): number | undefined {
  const { lastIndex } = regExp
  return Number.isSafeInteger(lastIndex) && lastIndex >= 0 && !Object.is(lastIndex, -0) ? lastIndex : undefined
}

/** How a message calls a value: `a function`, `a promise`, `an instance of Socket`. */
export function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`
  if (types.isPromise(value)) return 'a promise'
  const name = classNameOf(value)
  return name === undefined ? 'an object with an unknown prototype' : `an instance of ${name}`
}

/** The name of an object's class, if it has one. */
export function classNameOf(value: object): string | undefined {
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name
  return typeof name === 'string' && name !== '' ? name : undefined
}

/** A user's `class Map extends Map` bears the name of a built-in too, but its constructor is no native code. */
function isBuiltIn(proto: object, name: string): boolean {
  const own = Reflect.get(globalThis, name)
  if (own?.prototype === proto) return true
  const cls: unknown = proto.constructor
  return typeof cls === 'function' && NATIVE.test(Function.prototype.toString.call(cls))
}

const NATIVE = /\{\s*\[native code\]\s*\}$/

function branded(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch {
    return false
  }
}
