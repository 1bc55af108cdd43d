import { defineConfig } from 'vitest/config'
import { suite } from './test/support/suite.ts'

export default defineConfig(
  suite([{ name: 'unit', pure: true }, { name: 'contract' }, { name: 'e2e' }, { name: 'clients' }], { maxWorkers: 3 }),
)
