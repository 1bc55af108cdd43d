/** A statement keeps several of the server's threads busy; more of them at once only wait for each other. */
export const concurrency = 4
