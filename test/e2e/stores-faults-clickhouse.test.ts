import { describeEngine } from '../support/engines.ts'
import { describeFaults } from './support/faults/describe-faults.ts'
import { ownClickhouse } from './support/faults/own-clickhouse.ts'

describeEngine('clickhouse', 'given an engine that meets with faults', () => {
  describeFaults(ownClickhouse)
})
