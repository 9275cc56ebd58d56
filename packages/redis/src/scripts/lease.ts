import { enter, get, script } from './script.js'

/**
 * Before the loads of one turn. KEYS: control, entry and lease of each. ARGV from 6: the owner's prefix of tokens, lease ms, then of
 * each: token, id replaced, id known to be void, or '*' for whatever is there. A lease of another incarnation, or one that is no
 * lease, is no obstacle. Answers of each what became of it and the entry that stands in its way.
 */
export const begin = script(
  'begin',
  enter,
  get,
  `
local own, life = ARGV[6], ARGV[7]
local function begin(entryName, leaseName, token, replaced, void)
  local entry, wrong = get(entryName)
  if wrong then return 'failed', wrong end
  if entry then
    local inc, id = string.match(entry, '^(%S+) %d+ (%S+) ')
    if inc == c.inc and id ~= replaced and id ~= void and void ~= '*' then return 'value', entry end
  end
  local lease, trouble = get(leaseName)
  if trouble then return 'failed', trouble end
  local kind, name, inc = string.match(lease or '', '^([LW])(%S+) (%S+)$')
  if inc == c.inc then
    if kind == 'W' then return 'writing', false end
    if string.sub(kind .. name, 1, #own) ~= own then return 'busy', false end
  end
  redis.call('SET', leaseName, token .. ' ' .. c.inc, 'PX', life)
  return 'granted', false
end
local answer = { 'done', show(c), made and before or false }
for i = 2, #KEYS, 2 do
  local at = 8 + 3 * (i - 2) / 2
  answer[2 + i], answer[3 + i] = begin(KEYS[i], KEYS[i + 1], ARGV[at], ARGV[at + 1], ARGV[at + 2])
end
return answer
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
