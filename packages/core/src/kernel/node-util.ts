/**
 * What is used of `node:util`. Not by an import statement: that one reads all that the module has, and makes Node 24 load a comparison of
 * texts and the terminal, for longer than all of this package takes.
 */
export const { debuglog, isDeepStrictEqual, types } = process.getBuiltinModule('node:util')
