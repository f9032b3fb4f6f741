//go:build ignore

/*
 * (The first line keeps this file out of the Go package beside it.)
 *
 * pause holds a pod's namespaces open on docker: it is the process of the infra
 * container. It waits, reaps the children it is given, and ends with 0 on SIGTERM and SIGINT.
 *
 * It is freestanding (no libc), because one static file without a libc is half a KiB
 * and its bytes depend on little more than the compiler.
 *
 * The signals are blocked and fetched with rt_sigtimedwait; no handler exists.
 * The kernel drops a signal that PID 1 of a namespace leaves at its default action,
 * but never one that is blocked, so this works alike as PID 1 and as any other process.
 *
 * As PID 1 (the pod shares its PID namespace) orphans of all containers become our children.
 * As any other process nothing is handed to us, and PR_SET_CHILD_SUBREAPER would not change
 * that: a subreaper inherits only from its own descendants, and pause starts none.
 */

#define SIGINT 2
#define SIGTERM 15
#define SIGCHLD 17
#define SIG_BLOCK 0
#define WNOHANG 1
#define WALL 0x40000000
#define EINTR 4

#if defined(__x86_64__)

enum { rt_sigprocmask = 14, wait4 = 61, rt_sigtimedwait = 128, exit_group = 231 };

static long sys(long n, long a, long b, long c, long d)
{
	long ret;
	register long r10 __asm__("r10") = d;
	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return ret;
}

#elif defined(__aarch64__)

enum { exit_group = 94, rt_sigprocmask = 135, rt_sigtimedwait = 137, wait4 = 260 };

static long sys(long n, long a, long b, long c, long d)
{
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3)
			 : "memory", "cc");
	return x0;
}

#else
#error "pause is written for amd64 and arm64"
#endif

#define bit(sig) (1UL << ((sig)-1))

__attribute__((noreturn)) void _start(void)
{
	const unsigned long set = bit(SIGINT) | bit(SIGTERM) | bit(SIGCHLD);
	long sig = sys(rt_sigprocmask, SIG_BLOCK, (long)&set, 0, sizeof set);

	while (sig >= 0 || sig == -EINTR) {
		if (sig == SIGINT || sig == SIGTERM) {
			sig = 0;
			break;
		}
		/* Before the first wait too: a child may have ended before its SIGCHLD was blocked. */
		while (sys(wait4, -1, 0, WNOHANG | WALL, 0) > 0)
			;
		sig = sys(rt_sigtimedwait, (long)&set, 0, 0, sizeof set);
	}
	for (;;)
		sys(exit_group, sig != 0, 0, 0, 0);
}
