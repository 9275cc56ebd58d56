/** A method of any shape. */
export type AnyMethod = (this: any, ...args: any[]) => any
type Fn = AnyMethod
type Cb<R = unknown> = (...args: never[]) => R
type Args<F> = F extends (this: any, ...a: infer A) => any ? A : never
type Raw<F> = F extends (this: any, ...a: any[]) => PromiseLike<infer V>
  ? V
  : F extends (this: any, ...a: any[]) => infer R
    ? R
    : never
type Value<F> = NonNullable<Raw<F>>

type Head<A extends any[], X> = A extends [any, ...infer T] ? [X, ...T] : A extends [any?, ...infer T] ? [X, ...T] : [X]
type Item<C> =
  C extends ReadonlyMap<any, infer V>
    ? V
    : C extends Iterable<infer V>
      ? V
      : C extends Readonly<Record<any, infer V>>
        ? V
        : never

declare const wrong: unique symbol
/** A type that nothing fits, whose text is the compiler's message. */
type Wrong<M extends string> = { readonly [wrong]: M }

/** What each callback of a decorator is called with; those that do not fit are named in the error. */
type Calls<A extends any[], V, W> = {
  key: A
  keys: A
  condition: A
  value: A
  keyFromResult: [V, ...A]
  tagsFromResult: [V, ...A]
  ttl: [V, ...A]
  unless: [W, ...A]
}
type Misfit<O, C> = {
  [K in keyof O & keyof C]: O[K] extends Cb<any>
    ? C[K] extends any[]
      ? O[K] extends (this: any, ...a: C[K]) => any
        ? never
        : K
      : never
    : never
}[keyof O & keyof C]
type Fit<O, C> = [Misfit<O, C>] extends [never]
  ? unknown
  : Wrong<`option ${Misfit<O, C> & string}: its parameters do not fit this method; annotate them with the method's types`>
type NeedsSync<F, O> = O extends { sync: true }
  ? false
  : F extends (this: any, ...a: any[]) => infer R
    ? 0 extends 1 & R
      ? false
      : [Extract<R, PromiseLike<any>>] extends [never]
        ? true
        : false
    : false

export type Kind = 'read' | 'many' | 'put' | 'evict' | 'behind'

type Check<K, O, F, T> = K extends 'read'
  ? NeedsSync<F, O> extends true
    ? Wrong<'this method is synchronous: write @Cacheable({ sync: true })'>
    : Fit<O, Calls<Args<F>, Value<F>, Raw<F>> & { tags: [Value<F>, ...Args<F>] }>
  : K extends 'many'
    ? CheckMany<O, F>
    : K extends 'put'
      ? Fit<O, Calls<Args<F>, Value<F>, Raw<F>> & { tags: [Value<F>, ...Args<F>] }>
      : K extends 'evict'
        ? Fit<O, Calls<Args<F>, Value<F>, Raw<F>> & { tags: Args<F> }>
        : K extends 'behind'
          ? F extends (this: any, ...a: any[]) => Promise<void>
            ? Fit<O, Calls<Args<F>, void, void> & { merge: [Args<F>, Args<F>]; value: [any, ...Args<F>] }> &
                Drain<O, F, T>
            : Wrong<'@WriteBehind needs a method that returns Promise<void>'>
          : never

type CheckMany<O, F> =
  Args<F> extends [string, ...any[]]
    ? Wrong<'@CacheableMany needs a method whose first argument is an array or iterable'>
    : Args<F> extends [Iterable<infer I>, ...any[]]
      ? Fit<
          O,
          Calls<Head<Args<F>, I>, NonNullable<Item<Value<F>>>, Item<Value<F>> | null | undefined> & {
            tags: [NonNullable<Item<Value<F>>>, ...Head<Args<F>, I>]
            idOf: [NonNullable<Item<Value<F>>>]
          }
        >
      : Wrong<'@CacheableMany needs a method whose first argument is an array or iterable'>

type Drain<O, F, T> = O extends { drainTo: infer N extends string }
  ? T extends { [K in N]: (batch: Write<Args<F>>[]) => Promise<void> }
    ? unknown
    : Wrong<`drainTo: this class has no public method ${N}(batch: Write<…>[]): Promise<void>`>
  : unknown

/** One write of a batch: `id` is its idempotency key, the same over retries and restarts. */
export interface Write<A extends any[] = any[]> {
  readonly id: string
  readonly key: readonly unknown[]
  readonly args: A
}

/** Members that no option surface knows are never: a mistyped option does not compile. */
export type Exact<O, S> = { [K in Exclude<keyof O, keyof S>]: never }

/** A method decorator for TypeScript's legacy flavour and for the standard (TC39) one. */
export interface Dual<O, K extends Kind> {
  <F extends Fn, T>(
    method: F,
    ctx: ClassMethodDecoratorContext<T, F> & { readonly private: false } & Check<K, O, F, T>,
  ): F | void
  <F extends Fn, T extends object>(
    target: T,
    key: string | symbol,
    d: TypedPropertyDescriptor<F> & Check<K, O, F, T>,
  ): TypedPropertyDescriptor<F> | void
}
