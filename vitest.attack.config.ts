import { defineConfig } from 'vitest/config'
import { AttackReport } from './test/support/attack-report.ts'
import { suite } from './test/support/suite.ts'

export default defineConfig(
  suite([{ name: 'attack' }], {
    maxWorkers: 3,
    beginWith: [
      'test/attack/corpus/postgres.test.ts',
      'test/attack/corpus/entries.test.ts',
      'test/attack/corpus/clickhouse.test.ts',
      'test/attack/corpus/migrations.test.ts',
    ],
    reports: [new AttackReport()],
  }),
)
