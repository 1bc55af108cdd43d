import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { afterEach, expect, test } from 'vitest'
import { type EmbeddedClickhouse, startEmbeddedClickhouse } from '../../../src/embedded/clickhouse/start.ts'
import { findProcess } from '../../../src/machine/process.ts'
import { clickhouseServerConfig, connectClickhouse, limits } from '../../support/clickhouse.ts'
import { describeEngine, engineFinding } from '../../support/engines.ts'
import { ownDirectory } from '../../support/shared-server.ts'

describeEngine('clickhouse', 'chDB for other processes', () => {
  const running = new Set<EmbeddedClickhouse>()
  const isChdb = engineFinding('clickhouse').kind === 'embedded'

  afterEach(async () => {
    for (const server of running) await server.stop()
    running.clear()
  })

  async function start(directory: string): Promise<EmbeddedClickhouse> {
    const server = await startEmbeddedClickhouse({ directory, port: 0 })
    running.add(server)
    return server
  }

  const clientOf = ({ url, user, password }: EmbeddedClickhouse) =>
    createClient({ url, username: user, password, log: { level: ClickHouseLogLevel.OFF } })

  test.runIf(isChdb)('what was inserted survives kill -9, under the same URL and password', async () => {
    const directory = await ownDirectory('embedded-clickhouse')
    const first = await start(directory)
    const client = clientOf(first)
    await client.command({ query: 'CREATE TABLE t (a UInt64, b String) ENGINE = MergeTree ORDER BY a' })
    await client.insert({ table: 't', values: [{ a: 1, b: "it's; \\ \n" }], format: 'JSONEachRow' })
    process.kill(first.pid, 'SIGKILL')
    expect(await first.exited).toEqual({ exitCode: null, signal: 'SIGKILL' })
    const second = await start(directory)
    expect([second.url, second.password]).toEqual([first.url, first.password])
    const result = await clientOf(second).query({ query: 'SELECT * FROM t', format: 'JSONEachRow' })
    expect(await result.json()).toEqual([{ a: 1, b: "it's; \\ \n" }])
  })

  test.runIf(isChdb)(
    'parameters, settings and formats are those of the interface; none outlives its query',
    async () => {
      const client = clientOf(await start(await ownDirectory('embedded-clickhouse')))
      const text = "tab\t quote' back\\slash {x} ; é"
      const result = await client.query({
        query: "SELECT {text:String} AS text, {list:Array(String)} AS list, getSetting('max_threads') AS threads",
        query_params: { text, list: ["a'b", 'c'] },
        clickhouse_settings: { max_threads: 3 },
        format: 'JSONEachRow',
      })
      expect(await result.json()).toEqual([{ text, list: ["a'b", 'c'], threads: 3 }])
      const next = await client.query({ query: "SELECT getSetting('max_threads') = 3", format: 'CSV' })
      expect((await next.text()).trim()).toBe('0')
      await expect(client.query({ query: 'SELECT {text:String}', format: 'CSV' })).rejects.toMatchObject({
        code: '456',
      })
    },
  )

  test.runIf(isChdb)('a result of several blocks is one document', async () => {
    const client = clientOf(await start(await ownDirectory('embedded-clickhouse')))
    const query = 'SELECT number AS n FROM numbers(10) SETTINGS max_block_size = 2'
    const numbers = Array.from({ length: 10 }, (_, n) => n)
    const objects = await (await client.query({ query, format: 'JSON' })).json()
    expect(objects.data).toEqual(numbers.map((n) => ({ n })))
    const lists = await (await client.query({ query, format: 'JSONCompact' })).json()
    expect(lists.data).toEqual(numbers.map((n) => [n]))
    const lines = await (await client.query({ query, format: 'JSONEachRow' })).json()
    expect(lines).toEqual(numbers.map((n) => ({ n })))
    expect(await (await client.query({ query, format: 'CSVWithNames' })).text()).toBe(`"n"\n${numbers.join('\n')}\n`)
  })

  test.runIf(isChdb)('inserts and results of any size stream', async () => {
    const client = clientOf(await start(await ownDirectory('embedded-clickhouse')))
    await client.command({ query: 'CREATE TABLE t (n UInt64, s String) ENGINE = MergeTree ORDER BY n' })
    const rows = 200_000
    async function* values() {
      for (let n = 0; n < rows; n += 1) yield { n, s: 'x'.repeat(100) }
    }
    await client.insert({ table: 't', values: Readable.from(values()), format: 'JSONEachRow' })
    const result = await client.query({ query: 'SELECT n, s FROM t ORDER BY n', format: 'JSONEachRow' })
    let read = 0
    for await (const batch of result.stream()) read += batch.length
    expect(read).toBe(rows)
  })

  test.runIf(isChdb)('errors have ClickHouse’s numbers, and a wrong password is refused', async () => {
    const server = await start(await ownDirectory('embedded-clickhouse'))
    await expect(clientOf(server).query({ query: 'SELECT * FROM nothing' })).rejects.toMatchObject({ code: '60' })
    await expect(clientOf(server).command({ query: 'SELEC 1' })).rejects.toMatchObject({ code: '62' })
    const intruder = createClient({
      url: server.url,
      username: 'default',
      password: 'guess',
      log: { level: ClickHouseLogLevel.OFF },
    })
    await expect(intruder.query({ query: 'SELECT 1' })).rejects.toMatchObject({ code: '516' })
    const config = clickhouseServerConfig(`${server.url.replace('//', '//default:guess@')}`)
    await expect(connectClickhouse(config)).rejects.toMatchObject({ code: 'DBS-1102' })
  })

  test.runIf(isChdb)('dbsvc knows it for chDB, and provisions there as it does in process', async () => {
    const server = await start(await ownDirectory('embedded-clickhouse'))
    const config = clickhouseServerConfig(server.url.replace('//', `//default:${server.password}@`))
    const store = await connectClickhouse(config)
    await store.provision([{ company: 'acme', limits }])
    expect(await store.health()).toMatchObject({
      kind: 'chDB',
      lacks: expect.arrayContaining([expect.stringContaining('users')]),
    })
    expect(await store.listCompanies()).toEqual(['acme'])
    await store.close()
  })

  test.runIf(isChdb)('a second one on the same folder does not start, and says why', async () => {
    const directory = await ownDirectory('embedded-clickhouse')
    await start(directory)
    await expect(startEmbeddedClickhouse({ directory, port: 0 })).rejects.toMatchObject({
      code: 'DBS-1101',
      message: expect.stringContaining('Cannot lock file'),
    })
  })

  test.runIf(isChdb)('it ends when its parent is killed', async () => {
    const directory = await ownDirectory('embedded-clickhouse')
    const start = new URL('../../../src/embedded/clickhouse/start.ts', import.meta.url).href
    const code = `const { startEmbeddedClickhouse } = await import(${JSON.stringify(start)})
      const { pid } = await startEmbeddedClickhouse({ directory: ${JSON.stringify(directory)}, port: 0 })
      process.stdout.write(String(pid) + '\\n')
      setInterval(() => {}, 1000)`
    const parent = execFile(process.execPath, ['--input-type=module', '-e', code])
    const pid = await new Promise<number>((resolve) => parent.stdout?.once('data', (text) => resolve(Number(text))))
    parent.kill('SIGKILL')
    for (let waited = 0; (await findProcess(pid)) !== null && waited < 5_000; waited += 50) await delay(50)
    expect(await findProcess(pid)).toBeNull()
    expect(await readFile(`${directory}/clickhouse/password`, 'utf8')).toMatch(/^[\w-]{32}$/)
  })
})
