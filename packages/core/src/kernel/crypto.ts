type Crypto = typeof import('node:crypto')

let loaded: Crypto | undefined

/** `node:crypto`, from its first use on: loading it takes 4 ms, and a process without long keys, a store or write-behind has none. */
export const crypto = (): Crypto => (loaded ??= process.getBuiltinModule('node:crypto'))
