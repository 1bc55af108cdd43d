import { connect as connectHttp2 } from 'node:http2'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { certificateOf } from '../../../../src/server/listen/certificate.ts'
import { createListener } from '../../../../src/server/listen/open-listener.ts'
import { createAuthority, type Issued } from '../../../support/certificates.ts'

const name = 'URI:spiffe://example.org/billing'
const listener = { port: 0, stop: async (): Promise<void> => {} }
let mine: Issued
let foreign: Issued
let ca: string

beforeAll(async () => {
  const authority = await createAuthority('mine')
  mine = await authority.issue('billing', [name])
  foreign = await (await createAuthority('foreign')).issue('billing', [name])
  ca = authority.cert
  const tls = { ...(await authority.issue('server', ['IP:127.0.0.1'])), ca }
  const made = createListener(
    tls,
    'request',
    { headerBytes: 16_384, messageMs: 30_000, streamsPerConnection: 128 },
    () => {},
  )
  const server = made.create((asked, response) => {
    response.setHeader('content-type', 'text/plain')
    response.end(`${asked.httpVersion} ${certificateOf(asked.socket)?.subjectaltname ?? 'none'}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  listener.port = (server.address() as AddressInfo).port
  listener.stop = async () => {
    await made.stop(1_000)
    server.close()
  }
})

afterAll(() => listener.stop())

function http1(certificate: Partial<Issued>): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: listener.port, ca, ...certificate, agent: false as const }
    request(options, (response) => response.setEncoding('utf8').once('data', resolve))
      .on('error', reject)
      .end()
  })
}

async function http2(certificate: Partial<Issued>): Promise<string> {
  const session = connectHttp2(`https://127.0.0.1:${listener.port}`, { ca, ...certificate })
  let text = ''
  for await (const chunk of session.request({}).setEncoding('utf8')) text += chunk
  session.close()
  return text
}

test.each([
  ['1.1', http1],
  ['2.0', http2],
])('HTTP/%s tells the names in a certificate of the authority, and of no other', async (version, ask) => {
  expect(await ask(mine)).toBe(`${version} ${name}`)
  expect(await ask(foreign)).toBe(`${version} none`)
  expect(await ask({})).toBe(`${version} none`)
})
