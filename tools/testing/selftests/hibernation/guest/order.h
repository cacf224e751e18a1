/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two named pipes between a program that stays behind and whoever asks it:
 * one byte there, one number back.
 */
#ifndef ORDER_H
#define ORDER_H

/**
 * order_init() - Name the pipes.
 * @name: What their names begin with.
 */
void order_init(const char *name);

/**
 * order_stay() - Make the pipes, and stay behind in a process of one's own.
 * @serve: Runs there and never returns. It writes a byte to @done when it is
 *	ready for orders, and closes it.
 *
 * Return: 0 when it is ready, 1 when it ended before; -1 and errno.
 */
int order_stay(void (*serve)(int done));

/**
 * order_take() - Wait for an order.
 *
 * Return: its byte.
 */
char order_take(void);

/**
 * order_answer() - Answer the order that was taken.
 * @number: What order_give() returns.
 */
void order_answer(unsigned long number);

/**
 * order_give() - Give an order and wait for the answer; the side that asks.
 * @what: The byte.
 * @answer: The number that came back.
 *
 * Return: 0, or -1 and errno when nobody is there.
 */
int order_give(char what, unsigned long *answer);

/**
 * order_forget() - Remove the pipes.
 */
void order_forget(void);

#endif
