/* SPDX-License-Identifier: PostgreSQL
 *
 * The sight matrix, and the rules that read it: who reaches whom, who vetoes, who consents, and whether rule
 * `failover', `fenced' or `repair' matches. All of it is about the present moment; what a monitor keeps of it while it
 * acts is in node.pml and route.pml.
 */

/* ---- who reaches whom */
#define REACHES(m, n)         (node[n] == UP && ((m) == (n) || link[m] == OPEN))
#define REACHES_PROXY(m, p)   (proxy[p] && !monitor_proxy_cut[MOVE(m, p)])
#define REACHES_ARBITER(m)    (ARBITER && !monitor_arbiter_cut[m])
#define USES(p, n)            (proxy[p] && (node[n] == UP || node[n] == SLOW) && !proxy_node_cut[(p) * 2 + (n)])
#define DOMAIN(p)             ((p) == 0 -> DOMAIN0 : DOMAIN1)

/* ---- loops over the proxies: F is a macro with the arguments (p, m, n) */
#if PROXIES == 0
#define ANY_PROXY(F, m, n)  0
#define MASK_PROXY(F, m, n) 0
#elif PROXIES == 1
#define ANY_PROXY(F, m, n)  F(0, m, n)
#define MASK_PROXY(F, m, n) F(0, m, n)
#else
#define ANY_PROXY(F, m, n)  (F(0, m, n) || F(1, m, n))
#define MASK_PROXY(F, m, n) (F(0, m, n) | F(1, m, n))
#endif

/* ---- a monitor's own row: what m tells the others about node n */
#define USED_BY(p, m, n) (REACHES_PROXY(m, p) && USES(p, n))
#ifdef WITHOUT_P
#define VOUCHES(m, n) REACHES(m, n)
#else
#define VOUCHES(m, n) (REACHES(m, n) || ANY_PROXY(USED_BY, m, n))
#endif
#define SAYS(m, n)         (VOUCHES(m, n) -> SAYS_UP : SAYS_DOWN)
#define SAYS_TO_ARBITER(m) (1 + (VOUCHES(m, 0) -> 1 : 0) + (VOUCHES(m, 1) -> 2 : 0))

/* ---- what m reads of the peer's row about X: on Y, and on the arbiter */
#define PEER_ROW(m, X)     (REACHES(m, OTHER(X)) -> row[OTHER(m) * 2 + OTHER(X)] : NOTHING)
#if ARBITER
#define PEER_ARBITER_ROW(m, X) \
	((REACHES_ARBITER(m) && arbiter_row[OTHER(m)]) -> (BIT(arbiter_row[OTHER(m)] - 1, X) -> SAYS_UP : SAYS_DOWN) : NOTHING)
#else
#define PEER_ARBITER_ROW(m, X) NOTHING
#endif
#define PEER_UP(m, X)      (PEER_ROW(m, X) == SAYS_UP || PEER_ARBITER_ROW(m, X) == SAYS_UP)
#define PEER_DOWN(m, X)    (!PEER_UP(m, X) && (PEER_ROW(m, X) == SAYS_DOWN || PEER_ARBITER_ROW(m, X) == SAYS_DOWN))
/* a peer's `down' is not evidence under the claim while it is older than the claim */
#define PEER_IS_OLD(m, X)  (PEER_DOWN(m, X) && ((old_row[m] && PEER_ROW(m, X) == SAYS_DOWN) || \
                                                (old_arbiter_row[m] && PEER_ARBITER_ROW(m, X) == SAYS_DOWN)))

/* ---- vetoes */
#ifdef WITHOUT_PEER_VETO
#define PEER_VETOES(m, X) 0
#else
#define PEER_VETOES(m, X) PEER_UP(m, X)
#endif
#ifdef WITHOUT_PROXY_VETO
#define PROXY_VETOES(p, m, X) 0
#else
#define PROXY_VETOES(p, m, X) (REACHES_PROXY(m, p) && USES(p, X))
#endif
#define VETOED(m, X) (PEER_VETOES(m, X) || ANY_PROXY(PROXY_VETOES, m, X))

/* ---- votes: by domain, not by head */
#define ARBITER_VOTE 16
#define HOST_VOTE(h) (1 << (h))
#ifdef VOTES_BY_HEAD
#define PROXY_VOTE(p) (4 << (p))
#define VOTES         (2 + PROXIES + ARBITER)
#else
#define PROXY_VOTE(p) (1 << DOMAIN(p))
#define VOTES         DOMAINS
#endif
#define DOMAINS      (2 + (PROXIES > 0 && DOMAIN0 > 1) + (PROXIES > 1 && DOMAIN1 > 1 && DOMAIN1 != DOMAIN0) + ARBITER)
/* Bit number `mask' of these constants tells whether the mask has at least two, three votes. */
#define TWO_VOTES   (-65816)    /* 0xfffefee8 */
#define THREE_VOTES (-18290560) /* 0xfee8e880 */
#define MORE_THAN_HALF(mask, all) BIT(((all) < 4 -> TWO_VOTES : THREE_VOTES), mask)
#define MAJORITY(votes) MORE_THAN_HALF(votes, VOTES)

/* X's own host consents: X itself ended my session, and connections are refused since */
#define REFUSED(m, X) ((m) != (X) && ((node[X] == REFUSES && link[m] == OPEN) || link[m] == FORGED))
#ifdef REFUSAL_IS_ENOUGH
#define HOST_CONSENTS(m, X) REFUSED(m, X)
#else
#define HOST_CONSENTS(m, X) (REFUSED(m, X) && ended[m])
#endif
#define PROXY_CONSENT(p, m, X) ((REACHES_PROXY(m, p) && !USES(p, X)) -> PROXY_VOTE(p) : 0)
#define PEER_CONSENT(m, X)     (PEER_DOWN(m, X) -> HOST_VOTE(OTHER(m)) : 0)
#define OWN_CONSENT(m, X)      (HOST_VOTE(m) | (HOST_CONSENTS(m, X) -> HOST_VOTE(X) : 0))

/* ---- the arbiter grants a key that is free or names this very failure, and refuses while it names another one */
#define KEY_MINE(m, Y)      (REACHES_ARBITER(m) && key == KEY(Y) && stage[Y] != NONE)
#define WOULD_GRANT(m, Y)   (REACHES_ARBITER(m) && (key == 0 || KEY_MINE(m, Y)))
#define REFUSES_KEY(m, Y)   (REACHES_ARBITER(m) && key != 0 && !KEY_MINE(m, Y))

/* ---- on_no_quorum=act: who does not consent is silent, and I am not the one who is cut off */
#define VANTAGES            (3 | (PROXIES > 0 -> 1 << DOMAIN0 : 0) | (PROXIES > 1 -> 1 << DOMAIN1 : 0))
#define THIRDS(m, X, mask)  ((mask) & VANTAGES & (31 - (HOST_VOTE(m) | HOST_VOTE(X))))
#ifdef ACT_ALONE
#define HEARS_A_THIRD(m, X, votes) 1
#else
#define HEARS_A_THIRD(m, X, votes) (THIRDS(m, X, VANTAGES) == 0 || THIRDS(m, X, votes) != 0)
#endif
#ifdef WITHOUT_UNFIT
#define UNFIT(m, Y) 0
#else
#define UNFIT(m, Y) knows[(m) * 2 + (Y)]
#endif
#define ACT_APPLIES(m, X, votes) \
	(ACT && !UNFIT(m, OTHER(X)) && !REFUSES_KEY(m, OTHER(X)) && HEARS_A_THIRD(m, X, votes))
#define ENOUGH(m, X, votes) (MAJORITY(votes) || ACT_APPLIES(m, X, votes))

/* ---- rule `failover' matches, the arbiter asked or not: it is asked only under the claim */
#define VOTES_NOW(m, X) (OWN_CONSENT(m, X) | PEER_CONSENT(m, X) | MASK_PROXY(PROXY_CONSENT, m, X))
#define VOTES_IN_REACH(m, X) (VOTES_NOW(m, X) | (WOULD_GRANT(m, OTHER(X)) -> ARBITER_VOTE : 0))
#define FLAPPING(Y)     (stage[Y] == NONE && epoch[Y] >= FAILURES_MAX)
#ifdef WITHOUT_STAGE
#define ALREADY(m, Y)   did[(m) * 2 + (Y)]
#define IS_DONE(Y)      (did[Y] || did[2 + (Y)])
#else
#define ALREADY(m, Y)   IS_DONE(Y)
#define IS_DONE(Y)      (stage[Y] == DONE)
#endif
#define FAILOVER(m, X) (!REACHES(m, X) && REACHES(m, OTHER(X)) && !VETOED(m, X) && !ALREADY(m, OTHER(X)) && \
                        !FLAPPING(OTHER(X)) && ENOUGH(m, X, VOTES_IN_REACH(m, X)))

/* ---- recovery: m sees X up, and no majority of the domains sees it down */
#define SEEN_DOWN(m, X)   MAJORITY(PEER_CONSENT(m, X) | MASK_PROXY(PROXY_CONSENT, m, X))
#define RECOVERED(m, X)   (REACHES(m, X) && REACHES(m, OTHER(X)) && stage[OTHER(X)] != NONE && !SEEN_DOWN(m, X))

/* ---- rules `fenced', `repair' and `last_resort' for proxy p on node X; the last two are one move */
#define FENCED(m, p, X) (MIX && REACHES(m, OTHER(X)) && stage[OTHER(X)] == DONE && \
                         epoch[OTHER(X)] > file_honours[(p) * 2 + OTHER(X)] && \
                         !(REACHES(m, X) && stage[X] != NONE) && restarted[OTHER(X)])
#ifdef WITHOUT_FENCE
#define SENT_BY_FENCE(m, p, X) 0
#elif defined(FENCE_BY_EPOCH) /* compare the file's epoch with the record's, as if one counter made both */
#define SENT_BY_FENCE(m, p, X) (MIX && REACHES(m, OTHER(X)) && stage[OTHER(X)] == DONE && \
                                epoch[OTHER(X)] > file_epoch[p] && restarted[OTHER(X)])
#elif defined(FENCE_WITHOUT_RESTART)
#define SENT_BY_FENCE(m, p, X) (MIX && REACHES(m, OTHER(X)) && stage[OTHER(X)] == DONE && \
                                epoch[OTHER(X)] > file_honours[(p) * 2 + OTHER(X)] && \
                                !(REACHES(m, X) && stage[X] != NONE))
#else
#define SENT_BY_FENCE(m, p, X) FENCED(m, p, X)
#endif
#ifdef WITHOUT_TARGET_TEST
#define TARGET_OK(p, Y) 1
#else
#define TARGET_OK(p, Y) USES(p, Y)
#endif
#define MOVES(m, p, X) (REACHES_PROXY(m, p) && TARGET_OK(p, OTHER(X)) && (!USES(p, X) || SENT_BY_FENCE(m, p, X)))
