import { z } from 'zod'

const network = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()])

/** What `dbsvc serve` takes of a connection, whatever is asked over it. */
export const http = z.strictObject({
  bodyBytes: z
    .int()
    .min(1_024)
    .max(268_435_456)
    .default(16_777_216)
    .describe('of a message that is read whole, and of one of Connect or gRPC, also when it is unpacked'),
  headerBytes: z.int().min(1_024).max(1_048_576).default(16_384).describe('of all headers of a request'),
  messageMs: z
    .int()
    .min(100)
    .max(3_600_000)
    .default(30_000)
    .describe('a message has to be there whole within; of one that is read as it is dealt with, each next part'),
  streamsPerConnection: z.int().min(1).max(10_000).default(128).describe('requests at a time over one of HTTP/2'),
  trustedProxies: z
    .array(network)
    .default([])
    .describe('networks of proxies whose X-Forwarded-For is believed; of nobody else is it looked at'),
})
