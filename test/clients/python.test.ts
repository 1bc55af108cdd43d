import { beforeAll, expect, test } from 'vitest'
import { type Given, givenCluster, givenOrders } from '../e2e/support/given.ts'
import { dragonflyConfig } from '../e2e/support/valkey-config.ts'
import { describeEngine } from '../support/engines.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { uniqueName } from '../support/unique-name.ts'
import { connectValkey, valkeyServer } from '../support/valkey.ts'
import { installPythonClient, python, runPythonTests } from './support/python.ts'

const company = uniqueName('python')
const companies = { company, other: `${company}_c` }

describeEngine('python', 'the client for Python', () => {
  let given: Given
  let router: TestRouter
  let installed: string

  beforeAll(async () => {
    given = await givenCluster({ companies: Object.values(companies) })
    router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
    installed = await installPythonClient()
  }, 180_000)

  test('gives and takes values without loss', () => runPythonTests('test_values', installed, router, companies))

  test('runs statements, tells errors apart, and does no write twice', async () => {
    await runPythonTests('test_statements', installed, router, companies)
    const rows = await given.database.query(
      `select signal_id, user_id, symbol, price::text, count(*)::int from tenant_${company}.trading_signals
       where signal_id in ('py-1', 'py-3', 'py-once') group by signal_id order by 1`,
    )
    expect(rows).toEqual([
      { signal_id: 'py-1', user_id: null, symbol: 'EURUSD', price: '1.085512', count: 1 },
      { signal_id: 'py-once', user_id: null, symbol: 'EURUSD', price: null, count: 1 },
    ])
    const others = await given.database.query(`select signal_id from tenant_${companies.other}.trading_signals`)
    expect(others).toEqual([])
  }, 120_000)

  test('reads row by row', () => runPythonTests('test_stream', installed, router, companies), 120_000)

  test('puts many rows in at once', () => runPythonTests('test_ingest', installed, router, companies), 120_000)

  test('keeps configuration and registers services', async () => {
    await runPythonTests('test_coordination', installed, router, companies)
    const rows = await given.database.query(
      'select company_id, config_key, config_value::text from tenant_configurations',
    )
    expect(rows).toEqual([
      {
        company_id: company,
        config_key: 'py.risk/limit',
        config_value: '{"on": true, "lots": 12345678901234567890.5, "pairs": ["EURUSD"]}',
      },
    ])
  })

  test('has types that mypy finds nothing wrong with', async () => {
    const { exitCode, output } = await python(['-m', 'mypy', '--cache-dir', `${installed}/mypy`])
    expect(output).toMatch(/^Success/)
    expect(exitCode).toBe(0)
  })
})

describeEngine('python', 'the cache over the client for Python', () => {
  describeEngine('valkey', 'with a server', () => {
    test('keeps values of the company, and counts nothing twice', async () => {
      const server = await valkeyServer()
      const given = await givenOrders({ companies: Object.values(companies), config: dragonflyConfig(server) })
      const router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
      await runPythonTests('test_cache', await installPythonClient(), router, companies)
      const admin = connectValkey(server)
      expect(await admin.get(`t:${company}:py:orders`)).toBe('9007199254740993')
      expect(await admin.get(`t:${company}:py-counter`)).toBe('1')
      expect(await admin.keys(`t:${companies.other}:*`)).toEqual([])
    }, 180_000)
  })
})
