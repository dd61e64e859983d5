//! Tries the cases one after another, and draws conclusions from their answers.
//!
//! In: cases, their ingredients, and a way to send one request. Out: each case with its answers and its outcome, in
//! order.
//! Invariants: `post/accepted` comes first, and nothing else is tried unless it holds; if all refusals are missing,
//! there is one finding; a case that was not reached has no finding.

use super::catalogue::{Case, Expected, FIRST, LAST, Make, Needs};
use super::choice::Choice;
use super::kit::Kit;
use crate::check::{Level, LevelChange, level_after};
use crate::http::{Answer, Failure, Request, hint_of_status};
use std::io;

type SendOne<'s> = &'s mut dyn FnMut(&Request<'_>) -> Result<Answer, Failure>;

/// One request and its answer.
#[derive(Clone, Debug)]
pub struct SentRequest {
    /// The name of the request in the case; empty if it is the only one.
    pub variant: String,
    /// The answer, or the reason why there is none.
    pub answered: Result<Answer, Failure>,
}

/// The fault of an answer.
#[derive(Clone, Debug)]
pub struct CaseFinding {
    /// The case's name, or `sign/` for all that have the same fault.
    pub code: &'static str,
    pub level: Level,
    /// The answer and the expectation.
    pub message: String,
    /// The advice.
    pub help: String,
}

#[derive(Clone, Debug)]
pub enum CaseOutcome {
    /// Every answer was right.
    Holds,
    /// An answer was wrong. There is no finding if it is allowed, or part of another case's.
    Fails(Option<CaseFinding>),
    /// It was not tried, or not reached, for this reason.
    Skipped(&'static str),
}

/// A case that was tried, or skipped.
#[derive(Clone, Debug)]
pub struct Tried {
    pub case: &'static Case,
    /// The answers.
    pub sent: Vec<SentRequest>,
    pub outcome: CaseOutcome,
}

impl Tried {
    /// Whether it has requests of its own.
    pub fn makes_requests(&self) -> bool {
        !matches!(self.case.make, Make::SameAnswer)
    }
}

/// The number of cases with each outcome.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    /// All of them.
    pub cases: u64,
    /// Those that hold.
    pub hold: u64,
    /// Those that were not tried.
    pub skipped: u64,
    /// Findings.
    pub errors: u64,
    /// Findings.
    pub warnings: u64,
    /// Findings.
    pub notes: u64,
}

impl Count {
    fn add(&mut self, tried: &Tried) {
        self.cases += 1;
        match &tried.outcome {
            CaseOutcome::Holds => self.hold += 1,
            CaseOutcome::Skipped(_) => self.skipped += 1,
            CaseOutcome::Fails(None) => {}
            CaseOutcome::Fails(Some(finding)) => match finding.level {
                Level::Error => self.errors += 1,
                Level::Warning => self.warnings += 1,
                Level::Note => self.notes += 1,
            },
        }
    }
}

/// Tries the `chosen` cases, in order, and shows each to `look`. `Err` for the first: the receiver was not reached.
pub fn run(
    chosen: &[&'static Case],
    kit: &mut Kit<'_>,
    changes: &[LevelChange<Choice>],
    send: &mut dyn FnMut(&Request<'_>) -> Result<Answer, Failure>,
    look: &mut dyn FnMut(&Tried) -> io::Result<()>,
) -> io::Result<Result<Count, Failure>> {
    let mut run = TrialRun { changes, first: None, held_back: Vec::new(), count: Count::default(), look };
    for case in chosen {
        let tried = run.tried(case, kit, send);
        if case.name == FIRST
            && let [SentRequest { answered: Err(failure @ Failure::NotReached(_)), .. }] = &tried.sent[..]
        {
            return Ok(Err(failure.clone()));
        }
        run.take(tried)?;
    }
    run.release()?;
    Ok(Ok(run.count))
}

struct TrialRun<'r> {
    changes: &'r [LevelChange<Choice>],
    /// The answers that all cases rest on, and whether they are right.
    first: Option<(Vec<SentRequest>, bool)>,
    /// Missing refusals, until it is known whether all of them are missing.
    held_back: Vec<Tried>,
    count: Count,
    look: &'r mut dyn FnMut(&Tried) -> io::Result<()>,
}

impl TrialRun<'_> {
    fn tried(&mut self, case: &'static Case, kit: &mut Kit<'_>, send: SendOne<'_>) -> Tried {
        let skipped = |why| Tried { case, sent: Vec::new(), outcome: CaseOutcome::Skipped(why) };
        let is_missing = match case.needs {
            Needs::Nothing => None,
            Needs::Query => (!kit.has_query).then_some("the URL has no query"),
            Needs::Key => kit.signer.is_none().then_some("it needs --sign-with"),
            Needs::BothKeys => (kit.signer.is_none() || kit.legacy.is_none())
                .then_some("it needs --sign-with and --sign-legacy"),
        };
        if let Some(why) = is_missing {
            return skipped(why);
        }
        let sent = match (&case.make, &self.first) {
            (Make::SameAnswer, Some((sent, _))) => sent.clone(),
            (Make::SameAnswer, None) | (_, Some((_, false))) => {
                return skipped("post/accepted does not hold");
            }
            (make, _) => make
                .requests(kit)
                .into_iter()
                .map(|variant| SentRequest { answered: send(&variant.request), variant: variant.name })
                .collect(),
        };
        let outcome = self.outcome(case, &sent);
        if case.name == FIRST {
            let is_accepted = sent.iter().all(|sent| is_right(Expected::Success, &sent.answered));
            self.first = Some((sent.clone(), is_accepted));
        }
        Tried { case, sent, outcome }
    }

    fn outcome(&self, case: &'static Case, sent: &[SentRequest]) -> CaseOutcome {
        let is_gone = |sent: &SentRequest| matches!(sent.answered, Err(Failure::NotReached(_)));
        if case.name != LAST && sent.iter().any(is_gone) {
            return CaseOutcome::Skipped("the receiver could no longer be reached");
        }
        // A redirect has a case of its own, and so has a missing first answer.
        let is_redirect = |sent: &SentRequest| !is_right(Expected::NoRedirect, &sent.answered);
        let has_answer = sent.iter().all(|sent| sent.answered.is_ok());
        match case.name {
            FIRST if has_answer && sent.iter().any(is_redirect) => {
                return CaseOutcome::Skipped("the answer is a redirect, see post/no-redirect");
            }
            "post/query-kept" if !sent.iter().all(|sent| is_right(Expected::Success, &sent.answered)) => {
                return CaseOutcome::Skipped("post/accepted does not hold");
            }
            _ if matches!(case.make, Make::SameAnswer) && !has_answer => {
                return CaseOutcome::Skipped("post/accepted does not hold");
            }
            _ => {}
        }
        let wrong = case.expects.iter().find_map(|(expected, level)| {
            let wrong = sent.iter().filter(|sent| !is_right(*expected, &sent.answered)).collect::<Vec<_>>();
            (!wrong.is_empty()).then_some((expected, level, wrong))
        });
        let Some((expected, level, wrong)) = wrong else { return CaseOutcome::Holds };
        let level = level_after(*level, self.changes, |choice| choice.selects(case.name));
        CaseOutcome::Fails(level.map(|level| CaseFinding {
            code: case.name,
            level,
            message: message(*expected, &wrong, sent.len()),
            help: help(case, &wrong[0].answered).to_owned(),
        }))
    }

    /// Shows a case, once the outcomes of those before it are known.
    fn take(&mut self, tried: Tried) -> io::Result<()> {
        if is_refusal(tried.case) {
            self.held_back.push(tried);
            return Ok(());
        }
        self.release()?;
        self.show(&tried)
    }

    /// Shows the refusals: if all of them are missing, that is one finding.
    fn release(&mut self) -> io::Result<()> {
        let mut held_back = std::mem::take(&mut self.held_back);
        let is_tried = |tried: &&mut Tried| !matches!(tried.outcome, CaseOutcome::Skipped(_));
        let is_taken = |tried: &Tried| {
            let is_success = |sent: &SentRequest| is_right(Expected::Success, &sent.answered);
            matches!(tried.outcome, CaseOutcome::Fails(Some(_))) && tried.sent.iter().all(is_success)
        };
        let mut forged: Vec<&mut Tried> = held_back.iter_mut().filter(is_tried).collect();
        let count = forged.len();
        if count > 1 && forged.iter().all(|tried| is_taken(tried)) {
            let levels = forged.iter().filter_map(|tried| match &tried.outcome {
                CaseOutcome::Fails(Some(finding)) => Some(finding.level),
                _ => None,
            });
            let level = levels.max().unwrap_or(Level::Error);
            forged.iter_mut().for_each(|tried| tried.outcome = CaseOutcome::Fails(None));
            if let Some(last) = forged.last_mut() {
                last.outcome = CaseOutcome::Fails(Some(unverified(level, count)));
            }
        }
        held_back.iter().try_for_each(|tried| self.show(tried))
    }

    fn show(&mut self, tried: &Tried) -> io::Result<()> {
        self.count.add(tried);
        (self.look)(tried)
    }
}

fn is_refusal(case: &Case) -> bool {
    case.expects.iter().any(|(expected, _)| *expected == Expected::Refusal)
}

fn unverified(level: Level, count: usize) -> CaseFinding {
    CaseFinding {
        code: "sign/",
        level,
        message: format!("all {count} forged deliveries were answered 2xx"),
        help: "it does not verify, or it answers before it does; only its log shows which. If it \
               acknowledges first, add: \
               --allow sign/"
            .to_owned(),
    }
}

/// Whether an answer is as expected.
fn is_right(expected: Expected, answered: &Result<Answer, Failure>) -> bool {
    let Ok(answer) = answered else { return matches!(expected, Expected::Reported) };
    match (expected, answer.status) {
        (Expected::Success, status) => (200..300).contains(&status),
        (Expected::Refusal, status) => (400..500).contains(&status),
        (Expected::NoCrash, status) => status < 500,
        (Expected::NoRedirect, status) => !(300..400).contains(&status),
        (Expected::NoSuccess, status) => !(200..300).contains(&status),
        (Expected::InTime | Expected::Reported, _) => true,
    }
}

/// The advice about a wrong answer.
fn help(case: &Case, answered: &Result<Answer, Failure>) -> &'static str {
    match answered {
        Ok(answer) if case.name == FIRST => hint_of_status(answer.status).unwrap_or(case.help),
        _ => case.help,
    }
}

/// The fault of the answers, in one sentence; of several, with the names of the requests.
fn message(expected: Expected, wrong: &[&SentRequest], all: usize) -> String {
    let answered = match &wrong[0].answered {
        Ok(answer) => format!("answered {}{}", answer.status, answer.quoted()),
        Err(failure) => failure.to_string(),
    };
    let names: Vec<&str> = wrong.iter().map(|sent| sent.variant.as_str()).collect();
    let which =
        if all > 1 { format!(" ({} of {all}: {})", wrong.len(), names.join(", ")) } else { String::new() };
    format!("{answered}, where {} is expected{which}", expected.words())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headers::{Fidelity, Headers};
    use crate::signature::{Body, Keys, Scheme, Sent as Signature, Signer, Verdict};
    use crate::trial::{Ids, cases};
    use jiff::Timestamp;

    #[test]
    fn our_own_rules_accept_every_genuine_case_and_no_forgery() {
        let read = |scheme, text| Signer::read(scheme, text, "key.pem").unwrap();
        let ed25519 = include_str!("../../tests/signature/ed25519-private-test-only.pem");
        let rsa = include_str!("../../tests/signature/rsa-private-test-only.pem");
        let signers = [read(Scheme::Ed25519, ed25519), read(Scheme::RsaSha256, rsa)];
        let keys = Keys::only(signers.iter().map(|signer| signer.public_key().clone()).collect());
        let headers = Headers::default();
        let mut kit =
            Kit::new([Some(&signers[0]), Some(&signers[1])], &headers, true, Ids::random(Timestamp::now()));
        let mut requests = 0;
        for case in cases() {
            for variant in case.make.requests(&mut kit).into_iter().filter(|_| case.name != "method/get") {
                let request = &variant.request;
                let body = Body { bytes: &request.body, headers: &request.headers, fidelity: Fidelity::Raw };
                let verdict = Verdict::of(&body, Signature::of(&request.headers, None), &keys);
                assert_eq!(verdict.is_verified(), !is_refusal(case), "{} {}", case.name, variant.name);
                requests += 1;
            }
        }
        assert!(requests > 50);
    }

    #[test]
    fn names_are_in_families_and_unique_and_every_case_says_why() {
        let mut names: Vec<&str> = cases().map(|case| case.name).collect();
        assert_eq!((names.first(), names.last()), (Some(&FIRST), Some(&LAST)));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), cases().count());
        for case in cases() {
            assert!(
                case.name.contains('/') && !case.expects.is_empty() && !case.why.is_empty(),
                "{}",
                case.name
            );
            assert!(!case.help.is_empty() || case.expects[0].0 == Expected::Reported, "{}", case.name);
        }
    }
}
