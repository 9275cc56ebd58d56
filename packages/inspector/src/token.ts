import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A token that nobody guesses: 32 random bytes. */
export const newToken = (): string => randomBytes(32).toString('base64url')

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Tells whether an `Authorization` header bears the token. Digests are compared, so that time tells neither its content nor its length. */
export function bearerOf(token: string): (header: string | undefined) => boolean {
  const wanted = digest(token)
  return (header) => {
    const given = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1]
    return timingSafeEqual(digest(given ?? ''), wanted) && given !== undefined
  }
}
