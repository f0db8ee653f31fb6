// The ways in which a listener is attacked.

/**
 * - pipelining: 100 connections write 65 KB of requests each, again and again, and read what comes.
 * - never read: 200 connections write as much once, and read nothing.
 * - slow: 500 connections send a head or a body, a byte every half second.
 * - huge: 50 connections send a head or a body of 64 MiB.
 */
export const ATTACKS = ['pipelining', 'never read', 'slow', 'huge'] as const

export type Attack = (typeof ATTACKS)[number]
