import { describeEngine } from '../support/engines.ts'
import { describeFaults } from './support/faults/describe-faults.ts'
import { ownArango } from './support/faults/own-arango.ts'

describeEngine('arango', 'given an engine that meets with faults', () => {
  describeFaults(ownArango)
})
