import { describeEngine } from '../support/engines.ts'
import { describeFaults } from './support/faults/describe-faults.ts'
import { ownWeaviate } from './support/faults/own-weaviate.ts'

describeEngine('weaviate', 'given an engine that meets with faults', () => {
  describeFaults(ownWeaviate)
})
