import { defineConfig } from 'vitest/config'
import { AttackReport } from './test/support/attack-report.ts'
import { suite } from './test/support/suite.ts'

export default defineConfig(suite([{ name: 'attack' }], 3, [new AttackReport()]))
