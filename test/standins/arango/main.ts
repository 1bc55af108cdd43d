import { startArangoStandIn } from './start.ts'

// The program that a test run starts: `node main.ts <port>`, with root's password in ARANGO_ROOT_PASSWORD.
const [port = '0'] = process.argv.slice(2)
const { url } = await startArangoStandIn({ port: Number(port), rootPassword: process.env.ARANGO_ROOT_PASSWORD ?? '' })
process.stdout.write(`${url}\n`)
