import { createHash } from 'node:crypto'

/** A script of the protocol: atomic in Redis, sent by its hash, and in full where the server has forgotten it. */
export interface Script {
  readonly name: string
  readonly text: string
  readonly sha: string
}

/** What every script begins with. ARGV: 1 channel · 2 fresh random · 3 version · 4 its generation · 5 versions believed. */
const prelude = `
local channel, fresh, version, generation = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local function number(x) return string.format('%.0f', x) end
local function parse(text)
  if not text then return nil end
  local inc, n, m, r, versions = string.match(text, '^(%S+) (%d+) (%d+) (%S+) (%S+)$')
  if not inc then return nil end
  return { inc = inc, n = tonumber(n), m = tonumber(m), r = r, versions = versions }
end
local function position(c) return c.inc .. ' ' .. number(c.n) .. ' ' .. number(c.m) .. ' ' .. c.r end
local function show(c) return position(c) .. ' ' .. c.versions end
local function generationOf(c)
  local list = ',' .. c.versions
  local _, last = string.find(list, ',' .. version .. ':', 1, true)
  return last and string.match(list, '^%d+', last + 1)
end
local function born() return { inc = fresh, n = 0, m = 0, r = fresh, versions = version .. ':0' } end
local function save(c) redis.call('SET', KEYS[1], show(c)) end
local function tell(before, c, names) redis.call('PUBLISH', channel, before .. '|' .. position(c) .. '|' .. names) end
local function each(from, to, run)
  for first = from, to, 1000 do run(unpack(KEYS, first, math.min(to, first + 999))) end
end
local function drop(from, to) each(from, to, function(...) redis.call('DEL', ...) end) end
local function look(from, to)
  local values = {}
  each(from, to, function(...) for _, value in ipairs(redis.call('MGET', ...)) do values[#values + 1] = value end end)
  return values
end
local function keep(key, value, life)
  if life == '' then redis.call('SET', key, value) else redis.call('SET', key, value, 'PX', life) end
end
local c = parse(redis.call('GET', KEYS[1]))
local before = c and position(c) or ''
`

/** Makes control where there is none, and lists the caller's version in it; a list that grows too long starts anew. */
export const enter = `
local made
if not c then
  c = born()
  save(c)
  tell(before, c, '*')
  made = position(c)
elseif not generationOf(c) then
  local _, commas = string.gsub(c.versions, ',', ',')
  if commas < 7 then
    c.versions = c.versions .. ',' .. version .. ':0'
    save(c)
  else
    c = born()
    save(c)
    tell(before, c, '*')
    made = position(c)
  end
end
if generationOf(c) ~= generation then return { 'moved', show(c) } end
`

/** The caller's names cover all versions that control lists, or nothing is done. */
export const covered = `
if c and c.versions ~= ARGV[5] then return { 'moved', show(c) } end
`

/**
 * Whether a value that began at t0 may be kept, by one of the records that were looked up. A record that is not there
 * is made at m, the last position at which any tag was invalidated; it then speaks for all that began later.
 */
export const prove = `
local function prove(records, at, t0)
  local inc, evicted, expired = string.match(records[at] or '', '^(%S+) (%d+) (%d+)$')
  if inc == c.inc then return math.max(tonumber(evicted), tonumber(expired)) <= t0 end
  records[at] = c.inc .. ' ' .. number(c.m) .. ' ' .. number(c.m)
  return c.m <= t0
end
`

/** A name that others have put something else under fails alone: the text, or what went wrong. */
export const get = `
local function get(name)
  local value = redis.pcall('GET', name)
  if type(value) == 'table' then return nil, value.err end
  return value
end
`

export function script(name: string, ...parts: readonly string[]): Script {
  return bareScript(name, prelude, ...parts)
}

/** A script that has nothing to do with a cache's control. */
export function bareScript(name: string, ...parts: readonly string[]): Script {
  const text = `-- cachesmith ${name}\n${parts.join('')}`
  return { name, text, sha: createHash('sha1').update(text).digest('hex') }
}
