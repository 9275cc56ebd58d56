/** What a user of a Redis needs, as an ACL writes it; `prefix` begins all names of the application. */
const rightsOf = (prefix: string): string =>
  `~${prefix}* &${prefix}* +get +set +mget +del +unlink +evalsha +eval +script|load +publish +subscribe +ping +hello`

/**
 * What to do about an error of Redis, as the end of a message; empty where its own words say it. `name` is one of those that
 * were asked for.
 */
export function advice(message: string, name: string, user = 'default'): string {
  if (/^READONLY/.test(message))
    return ': it is a replica, and only its primary takes invalidations; give the address of the primary'
  if (/^WRONGTYPE/.test(message))
    return `: another application has put something else under names that begin with ${prefixOf(name)}; give this one a namespace of its own`
  if (!missingRight.test(message)) return ''
  const command = /run the '([^']+)' command/.exec(message)?.[1]
  const by = /User (\S+) has no permissions/.exec(message)?.[1] ?? user
  return `: let an administrator send ACL SETUSER ${by} ${command === undefined ? rightsOf(prefixOf(name)) : `+${command}`}`
}

/** Of scripts each version says it in its own words. */
const missingRight = /^NOPERM|ACL failure in script|The user executing the script|can't access at least one of the keys/

/** The part of a name that all names of its application begin with: `{namespace:`. */
const prefixOf = (name: string): string => name.slice(0, name.indexOf(':') + 1)
