import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { configSchema } from '../../../src/config/schema.ts'
import { startEmbeddedClickhouse } from '../../../src/embedded/clickhouse/start.ts'
import {
  clickhouseServerConfig,
  compileFolder,
  connectClickhouse,
  freshStep,
  limits,
  shippedMigrations,
} from '../../support/clickhouse.ts'
import { describeEngine, engineFinding } from '../../support/engines.ts'
import { ownDirectory } from '../../support/shared-server.ts'

async function serverThat(answers: RequestListener): Promise<string> {
  const server = createServer(answers).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describeEngine('clickhouse', 'a ClickHouse that is not well', () => {
  test('nothing listens there', async () => {
    await expect(connectClickhouse(clickhouseServerConfig('http://127.0.0.1:1'))).rejects.toMatchObject({
      code: 'DBS-1101',
      message: expect.stringContaining('127.0.0.1:1'),
    })
  })

  test.each<[string, RequestListener]>([
    ['another program', (_, response) => response.end('<html>hello</html>')],
    ['an error page', (_, response) => response.writeHead(502).end('Bad Gateway')],
    ['a closed connection', (request) => request.socket.destroy()],
    ['half an answer', (request, response) => response.write('{"version":', () => request.socket.destroy())],
  ])('what answers is %s', async (_, answers) => {
    const url = await serverThat(answers)
    await expect(connectClickhouse(clickhouseServerConfig(url))).rejects.toMatchObject({ code: 'DBS-1101' })
  })

  test('a server that is too old', async () => {
    const url = await serverThat((_, response) => response.end('{"version":"23.3.1.1"}\n'))
    await expect(connectClickhouse(clickhouseServerConfig(url))).rejects.toMatchObject({
      code: 'DBS-1103',
      details: { found: '23.3.1.1', wanted: '24.8 or newer' },
    })
  })

  test.runIf(engineFinding('clickhouse').kind === 'embedded')(
    'it is killed in the middle, and a repetition goes on',
    async () => {
      const directory = await ownDirectory('embedded-clickhouse')
      const first = await startEmbeddedClickhouse({ directory, port: 0 })
      const configOf = ({ url, password }: { url: string; password: string }) =>
        clickhouseServerConfig(url.replace('//', `//default:${password}@`))
      const store = await connectClickhouse(configOf(first))
      const [migration] = await compileFolder(`${shippedMigrations}/tenant`, 'tenant')
      const target = { scope: 'tenant', company: 'acme' } as const
      const work = Promise.all([1, 2, 3].map((number) => store.provision([{ company: `acme_${number}`, limits }])))
      await delay(1)
      process.kill(first.pid, 'SIGKILL')
      await expect(work).rejects.toMatchObject({ code: expect.stringMatching(/DBS-110[15]/) })
      await first.exited
      await expect(store.listCompanies()).rejects.toMatchObject({ code: 'DBS-1101' })
      const second = await startEmbeddedClickhouse({ directory, port: 0 })
      onTestFinished(() => second.stop())
      await store.provision([{ company: 'acme', limits }])
      for (const step of migration?.steps ?? []) await store.run(target, step, freshStep())
      expect(await store.listCompanies()).toContain('acme')
      await store.close()
    },
  )

  test('a folder in use by another process', async () => {
    const directory = await ownDirectory('embedded-clickhouse')
    const server = await startEmbeddedClickhouse({ directory, port: 0 })
    onTestFinished(() => server.stop())
    const config = configSchema.parse({ clickhouse: { path: server.dataDirectory } })
    await expect(connectClickhouse(config)).rejects.toMatchObject({
      code: 'DBS-1101',
      message: expect.stringContaining('one process at a time'),
    })
  })
})
