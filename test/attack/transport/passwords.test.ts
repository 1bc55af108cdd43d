import { type AddressInfo, createServer } from 'node:net'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { configSchema } from '../../../src/config/schema.ts'
import { connectAdmin } from '../../../src/engines/postgres/connection.ts'
import { openConnection } from '../../../src/engines/postgres/context/open-connection.ts'

const password = 'canary-password'

/** An impostor that asks for a password in its own way, and what it is told after that. */
async function startImpostor(request: Buffer) {
  let told = ''
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(request)
      socket.on('data', (bytes) => {
        told += bytes.toString('latin1')
        socket.destroy()
      })
    })
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => void server.close())
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, told: () => told }
}

/** AuthenticationCleartextPassword and AuthenticationMD5Password. */
const requests = {
  'in clear text': Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]),
  'hashed with MD5': Buffer.from([0x52, 0, 0, 0, 12, 0, 0, 0, 5, 1, 2, 3, 4]),
}

describe.each(Object.entries(requests))('a server that wants the password %s', (form, request) => {
  test('is told nothing by the user that migrates', async () => {
    const { host, port, told } = await startImpostor(request)
    const { postgres } = configSchema.parse({ postgres: { host, port, password } })
    await expect(connectAdmin(postgres, 'test')).rejects.toMatchObject({
      code: 'DBS-1102',
      message: expect.stringContaining(form),
    })
    expect(told()).not.toMatch(/^p|canary|md5/)
  })

  test('is told nothing by the shared role', async () => {
    const { host, port, told } = await startImpostor(request)
    const connecting = openConnection({ host, port, database: 'any', password }, 5_000)
    await expect(connecting).rejects.toMatchObject({ code: 'DBS-1102', message: expect.stringContaining(form) })
    expect(told()).not.toMatch(/^p|canary|md5/)
  })

  test('would be told by a client that answers whatever is asked', async () => {
    const { host, port, told } = await startImpostor(request)
    await new pg.Client({ host, port, password }).connect().catch(() => {})
    expect(told()).toMatch(form === 'in clear text' ? /^p.*canary-password/s : /^p.*md5/s)
  })
})
