import { describeCrashes } from './support/stores/describe.ts'
import { weaviateHarness } from './support/stores/weaviate.ts'

describeCrashes(weaviateHarness)
