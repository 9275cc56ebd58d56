import { assert } from 'chai'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { FaultProxy } from '#core/testing/fault-proxy.js'

/** A client that keeps what it hears. */
class Client {
  heard = ''
  /** The code of its error, or 'ended' after a FIN. */
  fate: string | undefined
  readonly socket: Socket

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.on('data', (bytes) => {
      this.heard += bytes.toString('latin1')
    })
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      this.fate ??= error.code
    })
    this.socket.on('end', () => {
      this.fate ??= 'ended'
    })
  }

  says(text: string): this {
    this.socket.write(text)
    return this
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const from = performance.now()
  while (!holds()) {
    if (performance.now() - from > 5_000) throw new Error(`${what}: not so after 5 s`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('a fault proxy in front of an echo', () => {
  let echo: Server
  /** All that the echo was sent. */
  let arrived: string
  let proxy: FaultProxy
  const clients: Client[] = []
  const client = () => {
    const one = new Client(proxy.port)
    clients.push(one)
    return one
  }
  beforeEach(async () => {
    arrived = ''
    echo = createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', (bytes) => {
        arrived += bytes.toString('latin1')
        socket.write(bytes)
      })
    }).listen(0, '127.0.0.1')
    await once(echo, 'listening')
    proxy = await FaultProxy.before((echo.address() as AddressInfo).port)
  })
  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy()
    await proxy.close()
    echo.close()
  })

  it('passes on what is said, and its end', async () => {
    const one = client().says('hello')
    await until('it answers', () => one.heard === 'hello')
    one.socket.end()
    await until('it ends', () => one.fate === 'ended' && proxy.standing === 0)
    assert.equal(proxy.connections, 1)
    assert.equal(proxy.requests, 0, 'no Redis')
  })

  it('is late, in order, as its seed says', async () => {
    proxy.latency(20, 20)
    const from = performance.now()
    const one = client().says('a')
    await until('it answers', () => one.heard === 'a')
    assert.isAtLeast(performance.now() - from, 39)
    for (const letter of 'bcdefg') one.says(letter)
    await until('it answers', () => one.heard === 'abcdefg')
  })

  it('holds what is sent, which lands later, also when its sender is gone', async () => {
    const one = client().says('a')
    await until('it answers', () => one.heard === 'a')
    proxy.holds()
    one.says('late')
    await until('it is held', () => proxy.heldBytes === 4)
    one.socket.destroy()
    await until('it is gone', () => one.socket.closed)
    assert.equal(arrived, 'a')
    proxy.releases()
    await until('it lands', () => arrived === 'alate')
    await until('nothing is left', () => proxy.standing === 0)
  })

  it('holds answers: it was done, and nobody is told', async () => {
    proxy.holds('replies')
    const one = client().says('a')
    await until('it is done', () => arrived === 'a' && proxy.heldBytes === 1)
    assert.equal(one.heard, '')
    proxy.releases()
    await until('it is told', () => one.heard === 'a')
  })

  it('is half open: swallows, and tells no end', async () => {
    const [one, two] = [client().says('a'), client()]
    await until('it answers', () => one.heard === 'a' && proxy.standing === 2)
    proxy.halfOpen()
    one.says('b')
    const three = client().says('c')
    await until('both are swallowed', () => proxy.swallowedBytes === 2)
    proxy.heals()
    two.says('d')
    await until('who sent nothing meanwhile is well', () => two.heard === 'd')
    assert.equal(arrived, 'ad')
    assert.deepEqual([one.fate, three.fate, one.heard, three.heard], [undefined, undefined, 'a', ''])
  })

  it('resets, until it heals', async () => {
    const one = client().says('a')
    await until('it answers', () => one.heard === 'a')
    proxy.resets()
    await until('it is reset', () => one.fate !== undefined)
    const two = client()
    await until('the next is too', () => two.fate !== undefined)
    proxy.heals()
    const three = client().says('b')
    await until('it answers again', () => three.heard === 'b')
  })

  it('cuts after so many bytes', async () => {
    const one = client().says('a')
    await until('it answers', () => one.heard === 'a')
    proxy.cutsAfter(4)
    one.says('bc').says('defg')
    await until('it is cut', () => one.fate !== undefined)
    assert.equal(one.heard, 'abcde')
  })

  it('refuses, and listens on the same port when it heals', async () => {
    const { port } = proxy
    proxy.refuses()
    const one = client()
    await until('it is refused', () => one.fate === 'ECONNREFUSED')
    proxy.heals()
    await proxy.listening()
    assert.equal(proxy.port, port)
    const two = client().says('a')
    await until('it answers', () => two.heard === 'a')
  })
})

describe('a fault proxy in front of a server that speaks RESP', () => {
  const replies: Record<string, string> = {
    GET: '$5\r\nvalue\r\n',
    MGET: '*2\r\n$-1\r\n$3\r\none\r\n',
    HELLO: '%1\r\n+proto\r\n:3\r\n',
    EXISTS: ':1\r\n',
  }
  const command = (...words: string[]) =>
    `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
  let server: Server
  let proxy: FaultProxy
  let one: Client
  beforeEach(async () => {
    // Commands come one to a chunk, for the test waits for each answer.
    server = createServer((socket) => {
      socket.on('error', () => {})
      let text = ''
      socket.on('data', (bytes) => {
        text += bytes.toString('latin1')
        for (;;) {
          const found = /^\*\d+\r\n\$\d+\r\n(\w+)\r\n(?:\$\d+\r\n[^\r]*\r\n)*/.exec(text)
          if (!found) return
          text = text.slice(found[0].length)
          socket.write(replies[found[1]!.toUpperCase()]!)
        }
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    proxy = await FaultProxy.before((server.address() as AddressInfo).port)
    one = new Client(proxy.port)
  })
  afterEach(async () => {
    one.socket.destroy()
    await proxy.close()
    server.close()
  })

  it('counts commands by name, however they are cut into packets', async () => {
    const text = command('get', 'a') + command('MGET', 'a', 'b')
    for (const letter of text) one.says(letter)
    await until('both are answered', () => one.heard === replies.GET! + replies.MGET!)
    assert.deepEqual(
      [...proxy.commands],
      [
        ['GET', 1],
        ['MGET', 1],
      ],
    ) // prettier-ignore
    assert.equal(proxy.forgetsRequests().requests, 0)
  })

  it('gives a whole answer twice', async () => {
    one.says(command('EXISTS', 'a'))
    await until('it answers', () => one.heard === ':1\r\n')
    proxy.duplicatesReply()
    one.says(command('MGET', 'a', 'b'))
    await until('it answers twice', () => one.heard === `:1\r\n${replies.MGET}${replies.MGET}`)
    one.says(command('EXISTS', 'a'))
    await until('and is well again', () => one.heard.endsWith(`${replies.MGET}:1\r\n`))
  })

  it('swallows a whole answer', async () => {
    one.says(command('EXISTS', 'a'))
    await until('it answers', () => one.heard === ':1\r\n')
    proxy.shiftsReply()
    one.says(command('HELLO', '3')).says(command('GET', 'a'))
    await until('the next answer takes its place', () => one.heard === `:1\r\n${replies.GET}`)
  })
})
