import { request as requestHttp1 } from 'node:http'
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { connect as connectSocket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'

let cluster: Cluster
let router: TestRouter
const sessions: ClientHttp2Session[] = []

beforeAll(async () => {
  cluster = await createCluster()
  router = await startRouter(cluster)
})

afterAll(() => {
  for (const session of sessions) session.destroy()
})

const columns = ['user_id', 'email', 'subscription_tier']
const types = ['application/x-ndjson', 'text/csv'] as const
type Type = (typeof types)[number]

const headersOf = (type: Type) => ({
  authorization: `Bearer ${router.key}`,
  'content-type': type,
  'x-dbsvc-company': 'company_abc',
})

/** The head, and so many rows of users. */
function linesOf(type: Type, mark: string, rows: number): string {
  const table = [columns, ...Array.from({ length: rows }, (_, at) => [`${mark}${at}`, `${mark}${at}@x`, 'free'])]
  return table
    .map((row, at) => (type === 'text/csv' ? row.join(',') : JSON.stringify(at === 0 ? { columns: row } : row)))
    .map((line) => `${line}\n`)
    .join('')
}

const kept = (mark: string) =>
  cluster.database.query(`select from tenant_company_abc.users where user_id like '${mark}%'`)

/** The router has read and given up all that came: whatever it was to commit is committed. */
async function settled(): Promise<void> {
  await expect
    .poll(async () => {
      const [busy] = await cluster.database.query<{ readonly n: string }>(
        `select count(*) as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
         and (state <> 'idle' and query like '%unnest%')`,
      )
      return Number(busy?.n)
    })
    .toBe(0)
  // A load after it, over a connection of the same pool, ends after it.
  const after = linesOf('text/csv', `after${Math.random()}`, 1)
  const response = await fetch(`${router.url}/v1/ingest/users`, {
    method: 'POST',
    headers: headersOf('text/csv'),
    body: after,
  })
  expect(response.status).toBe(200)
}

describe.each(types)('%s over HTTP/2', (type) => {
  const open = (more = {}): ClientHttp2Stream => {
    const session = connect(router.url)
    session.on('error', () => {})
    sessions.push(session)
    const path = '/v1/ingest/users'
    const stream = session.request({ ':method': 'POST', ':path': path, ...headersOf(type), ...more })
    return stream.on('error', () => {})
  }
  const written = (stream: ClientHttp2Stream, text: string) =>
    new Promise<void>((resolve) => stream.write(text, () => resolve()))
  const closed = (stream: ClientHttp2Stream) => new Promise<void>((resolve) => stream.once('close', () => resolve()))

  const cancels: readonly (readonly [string, (stream: ClientHttp2Stream) => void])[] = [
    ['ended and reset by its client', (stream) => stream.close(8)],
    ['reset', (stream) => stream.destroy(new Error('given up'))],
    ['reset without an error', (stream) => stream.destroy()],
    ['cut off with its connection', ({ session }) => session?.destroy()],
  ]
  const points = [
    ['before a row', 0],
    ['after a row', 1],
    ['in the first batch', 1_500],
    ['after some batches', 9_000],
  ] as const

  test.each(
    cancels.flatMap(([how, cancel]) => points.map(([when, rows]) => [how, when, rows, cancel] as const)),
  )('one that is %s %s leaves nothing', async (how, _when, rows, cancel) => {
    // Once at once, and once when all has been read.
    for (const pauseMs of [0, 50]) {
      const mark = `${type.slice(-3)}-${how.replaceAll(' ', '-')}-${rows}-${pauseMs}-`
      const stream = open()
      const gone = closed(stream)
      await written(stream, linesOf(type, mark, rows))
      await delay(pauseMs)
      cancel(stream)
      await gone
      await settled()
      expect(await kept(mark)).toEqual([])
    }
  })

  test('one that is reset long after its end leaves nothing, as long as its client is asked before', async () => {
    const mark = `late-${type.slice(-3)}-`
    const asked = await cancelWhenAsked(headersOf(type), linesOf(type, mark, 3))
    expect(asked).toBe(true)
    await settled()
    expect(await kept(mark)).toEqual([])
  })

  test('one that is whole is kept, with its length said or not', async () => {
    for (const more of [{}, { 'content-length': Buffer.byteLength(linesOf(type, `whole-${type.slice(-3)}-0-`, 10)) }]) {
      const mark = `whole-${type.slice(-3)}-${Object.keys(more).length}-`
      const stream = open(more)
      stream.end(linesOf(type, mark, 10))
      let body = ''
      for await (const piece of stream.setEncoding('utf8')) body += piece
      expect(JSON.parse(body)).toMatchObject({ inserted: 10 })
      expect(await kept(mark)).toHaveLength(10)
    }
  })

  test('many at once are kept, over one connection', async () => {
    const session = connect(router.url)
    sessions.push(session)
    const bodies = await Promise.all(
      Array.from({ length: 40 }, async (_, at) => {
        const stream = session.request({ ':method': 'POST', ':path': '/v1/ingest/users', ...headersOf(type) })
        stream.end(linesOf(type, `many-${type.slice(-3)}-${at}-`, 3))
        let body = ''
        for await (const piece of stream.setEncoding('utf8')) body += piece
        return JSON.parse(body)
      }),
    )
    expect(bodies.map(({ inserted }) => inserted)).toEqual(Array(40).fill(3))
  })
})

const frame = (type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer => {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** A header that no table has, in HPACK. */
const literal = (name: string, value: string): Buffer => {
  const sized = (text: string) => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)])
  return Buffer.concat([Buffer.from([0]), sized(name), sized(value)])
}

/** Ends a load, and resets it in front of its answer to the first PING. @returns whether there was one before a response */
async function cancelWhenAsked(headers: Record<string, string>, text: string): Promise<boolean> {
  const { hostname, port } = new URL(router.url)
  const socket = connectSocket(Number(port), hostname)
  const pseudo = { ':method': 'POST', ':path': '/v1/ingest/users', ':scheme': 'http', ':authority': hostname }
  const head = Object.entries({ ...pseudo, ...headers }).map(([name, value]) => literal(name, value))
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
  socket.write(Buffer.concat([frame(4, 0, 0), frame(1, 4, 1, Buffer.concat(head)), frame(0, 1, 1, Buffer.from(text))]))
  let seen = Buffer.alloc(0)
  for await (const piece of socket) {
    seen = Buffer.concat([seen, piece as Buffer])
    while (seen.length >= 9 && seen.length >= 9 + seen.readUIntBE(0, 3)) {
      const end = 9 + seen.readUIntBE(0, 3)
      const [type, flags, payload] = [seen.readUInt8(3), seen.readUInt8(4), seen.subarray(9, end)]
      seen = seen.subarray(end)
      if (type === 1) return false
      if (type !== 6 || (flags & 1) === 1) continue
      const reset = frame(3, 0, 1, Buffer.from([0, 0, 0, 8]))
      await new Promise((resolve) => socket.write(Buffer.concat([reset, frame(6, 1, 0, payload)]), resolve))
      return true
    }
  }
  return false
}

describe.each(types)('%s over HTTP/1.1 in chunks', (type) => {
  test.each([
    ['destroyed', (socket: ReturnType<typeof connectSocket>) => socket.destroy()],
    ['reset', (socket: ReturnType<typeof connectSocket>) => socket.resetAndDestroy()],
    ['ended', (socket: ReturnType<typeof connectSocket>) => socket.end()],
  ])('one whose connection is %s leaves nothing', async (how, cancel) => {
    for (const rows of [1, 9_000]) {
      const mark = `one-${type.slice(-3)}-${how}-${rows}-`
      const asked = requestHttp1(`${router.url}/v1/ingest/users`, { method: 'POST', headers: headersOf(type) })
      asked.on('error', () => {})
      const gone = new Promise((resolve) => asked.once('close', resolve))
      await new Promise<void>((resolve) => asked.write(linesOf(type, mark, rows), () => resolve()))
      const { socket } = asked
      if (socket === null) throw new Error('there is no connection')
      cancel(socket)
      await gone
      await settled()
      expect(await kept(mark)).toEqual([])
    }
  })

  test('one with another number of rows than its address says leaves nothing', async () => {
    const mark = `count-${type.slice(-3)}-`
    const send = async (count: string) => {
      const url = `${router.url}/v1/ingest/users?row_count=${count}`
      const response = await fetch(url, { method: 'POST', headers: headersOf(type), body: linesOf(type, mark, 5) })
      return { status: response.status, body: (await response.json()) as object }
    }
    for (const count of ['4', '6', '-1', 'five'])
      expect(await send(count), count).toMatchObject({ status: 400, body: { error: { code: 'DBS-2001' } } })
    expect(await kept(mark)).toEqual([])
    expect(await send('5')).toMatchObject({ status: 200, body: { inserted: 5 } })
    expect(await kept(mark)).toHaveLength(5)
  })
})
