import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { eventually } from './support.js'

class Member {
  readonly said: string[] = []
  readonly child: ChildProcess

  constructor(
    url: string,
    readonly name: string,
  ) {
    const program = join(import.meta.dirname, 'drain-until-killed.js')
    this.child = spawn(process.execPath, [program, url, name], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.child.stdin!.on('error', () => {})
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.said.push(line))
  }
  tell(line: string): void {
    this.child.stdin!.write(`${line}\n`)
  }
  get acks(): string[] {
    return this.said.filter((line) => line.startsWith('ack ')).map((line) => line.slice(4))
  }
}

for (const count of [2, 4]) {
  describe(`${count} processes that share a write log`, function () {
    this.timeout(60_000)
    let server: TestRedis
    let admin: Admin
    let fleet: Member[] = []
    beforeEach(async function () {
      if (skipServers) this.skip()
      server = await startRedis({ more: ['--appendonly', 'yes', '--appendfsync', 'always'] })
      admin = await connectAdmin(server)
      fleet = Array.from({ length: count }, (_, n) => new Member(server.url, String(n)))
      await eventually('all are ready', async () => fleet.every(({ said }) => said.includes('ready')), 20_000)
    })
    afterEach(async () => {
      for (const { child } of fleet) child.kill('SIGKILL')
      admin?.end()
      await server?.stop()
    })
    const sunk = async () => (await admin.send('LRANGE', 'sink', '0', '-1')) as string[]
    const pending = async () => Number(await admin.send('ZCARD', '{cachesmith:writes}=order'))
    const leader = async () => {
      const lines = await sunk()
      return fleet.find(({ name }) => lines.at(-1)?.startsWith(`${name} `))
    }
    /** Every acknowledged write is in the sink, each key's first arrivals in the order in which one process wrote them. */
    const judge = async () => {
      const lines = (await sunk()).map((line) => line.split(' ').slice(1).join(' '))
      const there = new Set(lines)
      for (const { acks, name } of fleet)
        for (const ack of acks) assert.isTrue(there.has(ack), `${ack} of ${name} is lost`)
      const last = new Map<string, number>()
      for (const line of there) {
        const [key = '', text] = line.split(' ')
        const n = Number(text)
        const by = key === 'shared' ? `shared by ${n % 10}` : key
        assert.isAbove(n, last.get(by) ?? 0, `order of ${by}`)
        last.set(by, n)
      }
      return lines.length - there.size
    }
    const settled = () => eventually('all is drained', async () => (await pending()) === 0, 15_000)

    it('drain it without a fault: nothing lost, nothing twice, also what those append who stand by', async () => {
      for (const member of fleet) member.tell('submit 500')
      await eventually('all are acknowledged', async () => fleet.every(({ acks }) => acks.length === 500), 20_000)
      await settled()
      assert.equal(await judge(), 0)
      const drainers = new Set((await sunk()).map((line) => line.split(' ')[0]))
      assert.equal(drainers.size, 1)
    })

    it('W1 W16 lose nothing when the one that drains is killed; another has taken over within 6 s', async () => {
      for (const member of fleet) member.tell('submit 1000')
      await eventually('it has begun', async () => (await sunk()).length > 100, 20_000)
      const killed = await leader()
      killed!.child.kill('SIGKILL')
      const drained = (await sunk()).filter((line) => line.startsWith(`${killed!.name} `)).length
      assert.isBelow(drained, 1_000 * count)
      const waited = await eventually('another drains', async () => (await leader()) !== killed, 10_000)
      assert.isBelow(waited, 6_000)
      const alive = fleet.filter((member) => member !== killed)
      await eventually('all are acknowledged', async () => alive.every(({ acks }) => acks.length === 1_000), 20_000)
      await settled()
      const twice = await judge()
      assert.isAtMost(twice, 8, 'no more than what was under way')
      console.log(`      takeover ${Math.round(waited)} ms, ${twice} twice`)
    })

    it('W17 one that was stopped past its lease marks nothing, and stands by', async () => {
      for (const member of fleet) member.tell('submit 1000')
      await eventually('it has begun', async () => (await sunk()).length > 100, 20_000)
      const stopped = await leader()
      stopped!.child.kill('SIGSTOP')
      const waited = await eventually('another drains', async () => (await leader()) !== stopped, 10_000)
      assert.isBelow(waited, 6_000)
      const before = (await sunk()).filter((line) => line.startsWith(`${stopped!.name} `)).length
      stopped!.child.kill('SIGCONT')
      await eventually('all are acknowledged', async () => fleet.every(({ acks }) => acks.length === 1_000), 20_000)
      await settled()
      const twice = await judge()
      const after = (await sunk()).filter((line) => line.startsWith(`${stopped!.name} `)).length
      assert.isAtMost(after - before, 8, 'no more than what was under way')
      // It is of use again: what it submits is drained, by the other.
      stopped!.tell('submit 50')
      await eventually('more are acknowledged', async () => stopped!.acks.length === 1_050, 10_000)
      await settled()
      await judge()
      console.log(`      takeover ${Math.round(waited)} ms, ${twice} twice`)
    })

    it('hand over at once when the one that drains closes', async () => {
      for (const member of fleet) member.tell('submit 20')
      await eventually('all is drained', async () => (await sunk()).length === 20 * count, 20_000)
      const first = await leader()
      first!.tell('close')
      await eventually('it has ended', async () => first!.said.includes('left 0'))
      const next = fleet.find((member) => member !== first)
      next!.tell('submit 20')
      const waited = await eventually('another drains', async () => (await sunk()).length === 20 * count + 20)
      assert.isBelow(waited, 1_500)
      await settled()
      assert.equal(await judge(), 0)
    })
  })
}
