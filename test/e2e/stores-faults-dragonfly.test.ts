import { describeEngine } from '../support/engines.ts'
import { describeFaults } from './support/faults/describe-faults.ts'
import { ownDragonfly } from './support/faults/own-dragonfly.ts'

describeEngine('valkey', 'given an engine that meets with faults', () => {
  describeFaults(ownDragonfly)
})
