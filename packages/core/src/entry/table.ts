/*
 * The text of a value, for stores. 'j' opens plain JSON, for values that JSON keeps. 't' opens a JSON list whose first
 * item is the value's slot and whose others, from 1 on, are the nodes of its objects. Objects refer to each other by
 * number, so that cycles and shared parts stay what they are.
 *
 *   slot  = a JSON string, boolean, null or number, as it is · [n] node n · ['u'] undefined · ['b', hex] bigint
 *           · ['n', 'NaN' | 'Infinity' | '-Infinity' | '-0']
 *   node  = ['o', key, slot, …] object · ['0', key, slot, …] object without prototype · ['a', slot, …] list
 *           · ['h', length, index or key, slot, …] list with holes or properties of its own
 *           · ['D', ms or null] Date · ['M', slot, slot, …] Map · ['S', slot, …] Set · ['R', source, flags, lastIndex]
 *           · ['U', href] URL · ['Q', text] URLSearchParams · ['B', type, base64] binary, by the name of its type
 *           · ['E', class, key, slot, enumerable, …] built-in error · ['C', name, slot] instance by its codec
 */

/** How many objects may stand inside each other. */
export const DEEPEST = 1_000

/**
 * How long the lists with holes of one value may be, all together: a text says their lengths without showing items, and a copy for
 * a reader makes room for each of them.
 */
export const LONGEST_SPARSE = 100_000

export type Slot = string | number | boolean | null | readonly [number] | readonly ['u'] | readonly ['b' | 'n', string]
export type Node = [tag: string, ...content: (Slot | undefined)[]]
