import { enter, script } from './script.js'

/**
 * Before a load. KEYS: control, entry, lease. ARGV from 6: token, the owner's prefix of tokens, lease ms, id replaced,
 * id known to be void, or '*' for whatever is there. A lease of another incarnation, or one that is no lease, is no obstacle.
 */
export const begin = script(
  'begin',
  enter,
  `
local token, own, life, replaced, void = ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local entry = redis.call('GET', KEYS[2])
if entry then
  local inc, id = string.match(entry, '^(%S+) %d+ (%S+) ')
  if inc == c.inc and id ~= replaced and id ~= void and void ~= '*' then return { 'value', show(c), entry } end
end
local kind, name, inc = string.match(redis.call('GET', KEYS[3]) or '', '^([LW])(%S+) (%S+)$')
if inc == c.inc then
  if kind == 'W' then return { 'writing', show(c) } end
  if string.sub(kind .. name, 1, #own) ~= own then return { 'busy', show(c) } end
end
redis.call('SET', KEYS[3], token .. ' ' .. c.inc, 'PX', life)
return { 'granted', show(c), made and before or false }
`,
)

/** Before a write. KEYS: control, lease. ARGV from 6: token, lease ms. Whoever was there loses its place. */
export const beginPut = script(
  'beginPut',
  enter,
  `
redis.call('SET', KEYS[2], ARGV[6] .. ' ' .. c.inc, 'PX', ARGV[7])
return { 'granted', show(c), made and before or false }
`,
)

/**
 * KEYS: control, lease. ARGV from 6: the lease, and its new ms; none: it goes. Lost with its
 * incarnation or generation.
 */
export const hold = script(
  'hold',
  `
if redis.call('GET', KEYS[2]) ~= ARGV[6] then return { 'lost' } end
if not c or string.match(ARGV[6], '%S+$') ~= c.inc or generationOf(c) ~= generation then return { 'lost' } end
if ARGV[7] == '' then redis.call('DEL', KEYS[2]) else redis.call('SET', KEYS[2], ARGV[6], 'PX', ARGV[7]) end
return { 'held' }
`,
)
