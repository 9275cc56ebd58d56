import { covered, enter, script } from './script.js'

// An invalidation deletes before it sets, so that Redis lets it through when its memory is full.

/**
 * Voids keys and tags in one step. KEYS: control, all that goes, records. ARGV from 6: how many go, ms of the records,
 * 'soft' to make the bearers of the tags stale and not void, names.
 */
export const invalidate = script(
  'invalidate',
  `if tonumber(ARGV[6]) > 0 then ${covered} end`,
  `
local gone, recordLife, soft = 1 + tonumber(ARGV[6]), ARGV[7], ARGV[8] == 'soft'
if not c then c = born() end
local records = soft and look(gone + 1, #KEYS) or {}
drop(2, #KEYS)
c.n, c.r = c.n + 1, fresh
for i = gone + 1, #KEYS do
  local inc, evicted = string.match(records[i - gone] or '', '^(%S+) (%d+) %d+$')
  if not soft then evicted = number(c.n) elseif inc ~= c.inc then evicted = number(c.m) end
  keep(KEYS[i], c.inc .. ' ' .. evicted .. ' ' .. number(c.n), recordLife)
end
if #KEYS > gone then c.m = c.n end
save(c)
tell(before, c, ARGV[9])
return { 'done', show(c), before }
`,
)

/**
 * Makes entries stale. KEYS: control, entries, leases. ARGV from 6: how many entries, names, and for each entry the id
 * that was read and '+' with its new text, or '' to leave it. An entry that has come meanwhile may be older: it goes.
 */
export const expire = script(
  'expire',
  covered,
  `
local last = 1 + tonumber(ARGV[6])
local function bodyOf(entry, i)
  local head, id = string.match(entry, '^(%S+ %d+ (%S+) [^\\n]*\\n)')
  if not id or id ~= ARGV[8 + 2 * (i - 2)] then return nil end
  local text = ARGV[9 + 2 * (i - 2)]
  return text == '' and entry or head .. string.sub(text, 2)
end
local entries = look(2, last)
drop(last + 1, #KEYS)
for i = 2, last do
  local entry = entries[i - 1]
  local stale = entry and bodyOf(entry, i)
  if not stale then redis.call('DEL', KEYS[i])
  elseif stale ~= entry then redis.call('SET', KEYS[i], stale, 'KEEPTTL') end
end
if not c then c = born() end
c.n, c.r = c.n + 1, fresh
save(c)
tell(before, c, ARGV[7])
return { 'done', show(c), before }
`,
)

/** KEYS: control. All that the cache holds is of another incarnation from now on. */
export const clear = script(
  'clear',
  `
local versions = c and c.versions
redis.call('DEL', KEYS[1])
c = born()
if versions then c.versions = versions end
save(c)
tell(before, c, '*')
return { 'done', show(c), before }
`,
)

/** KEYS: control. The caller's version goes one generation on; its entries stay, out of the way. */
export const bump = script(
  'bump',
  enter,
  `
local list = {}
for name, age in string.gmatch(c.versions, '([^,:]+):(%d+)') do
  list[#list + 1] = name .. ':' .. (name == version and number(age + 1) or age)
end
c.versions = table.concat(list, ',')
c.n, c.r = c.n + 1, fresh
save(c)
tell(made or before, c, '*')
return { 'done', show(c), made or before }
`,
)
