import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openHttp } from '../../../../src/engines/clickhouse/connection/http.ts'

test('the trace context of a statement goes to the server beside it, and no other one does', async () => {
  const seen: (string | string[] | undefined)[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers.traceparent)
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
  const before = seen.length
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  await session.text('select 1', 'JSONEachRow', { headers: { traceparent } })
  await session.text('select 1', 'JSONEachRow')
  await session.close()
  expect(seen.slice(before)).toEqual([traceparent, undefined])
})
