// The ways in which a listener is attacked.

/**
 * - pipelining: 100 connections write 65 KB of requests each, in a loop, and read the answers.
 * - never read: 200 connections write 65 KB of requests each, once, and read no answer.
 * - slow: 500 connections send a head or a body, one byte every half second.
 * - huge: 50 connections send a head or a body of 64 MiB.
 */
export const ATTACKS = ['pipelining', 'never read', 'slow', 'huge'] as const

export type Attack = (typeof ATTACKS)[number]
