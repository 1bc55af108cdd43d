/** How many companies are worked on at once. */
export const concurrency = 8
