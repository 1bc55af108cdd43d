import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openHttp } from '../../../../src/engines/clickhouse/connection/http.ts'

test.each([
  ['counts', '{"read_rows":"0","written_rows":"2"}', 2],
  ['leaves the count out, as chDB does', '{"read_rows":"0"}', null],
])('a server whose summary %s', async (_, summary, written) => {
  const server = createServer((request, response) => {
    response.setHeader('x-clickhouse-summary', summary)
    request.resume().on('end', () => response.end('{"version":"26.7"}\n'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const session = await openHttp({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    user: 'default',
    password: '',
    authorities: [],
    application: 'dbsvc test',
    concurrency: 1,
    cluster: false,
  })
  expect(await session.run('insert into t values (1), (2)')).toBe(written)
  await session.close()
})
