//! Fields that only events other than AssociationCreate have: `cardinality`, `cardinality-pair`, `record-id`.
//!
//! Invariants: a value of another type is left to the schema, and an empty one to `empty-field`; records are checked
//! only if both the kind of object and the form of its ids are known.

use super::values::{Filled, filled};
use super::{Advice, shown};
use crate::check::Code;
use crate::event::bare;
use crate::event::facts::{CARDINALITIES, is_custom_object, is_object_id, mirrored};
use crate::event::members::{
    FIRST_CARDINALITY, FIRST_KEY, FIRST_RECORD, NAMES, SECOND_CARDINALITY, SECOND_KEY, SECOND_RECORD,
};
use crate::payload::Members;

/// Checks that the cardinalities are known, and mirror each other.
pub(in crate::check) fn cardinalities(members: &Members<'_>, advice: &mut Advice<'_>) {
    if !advice.event.has(FIRST_CARDINALITY) {
        return;
    }
    let known = [FIRST_CARDINALITY, SECOND_CARDINALITY].map(|slot| {
        let filled = filled(members, slot)?;
        let known = CARDINALITIES.into_iter().find(|known| *known == filled.text);
        if known.is_none() {
            unknown_cardinality(slot, &filled, advice);
        }
        known
    });
    let [Some(there), Some(back)] = known else { return };
    let Some(member) = members.known(SECOND_CARDINALITY).filter(|_| back != mirrored(there)) else { return };
    let message = || {
        format!(
            "the cardinalities do not mirror each other: \"{there}\" from first to second is \"{}\" back, not \"{back}\"",
            mirrored(there)
        )
    };
    advice.raise_at(Code::CardinalityPair, NAMES[SECOND_CARDINALITY], member.value(), message);
}

fn unknown_cardinality(slot: usize, filled: &Filled<'_>, advice: &mut Advice<'_>) {
    let value = filled.member.value();
    let message = || format!("`{}` is {}, which is not a known cardinality", NAMES[slot], shown(value));
    let meant = CARDINALITIES.into_iter().find(|known| bare(known) == bare(&filled.text));
    advice.raise_at(Code::Cardinality, NAMES[slot], value, message).help = Some(match meant {
        Some(meant) => format!("did you mean \"{meant}\"?").into(),
        None => format!("known are {}", CARDINALITIES.join(", ")).into(),
    });
}

const FORMS: &str = "a contact's id is 20 letters and digits, that of a custom object's record 24 hex digits";

/// The kinds of object whose records have ids of a known form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RecordKind {
    Contact,
    CustomObject,
}

impl RecordKind {
    fn of(key: &str) -> Option<Self> {
        match key {
            "contact" => Some(Self::Contact),
            key => is_custom_object(key).then_some(Self::CustomObject),
        }
    }

    /// Whether `id` has the form of the ids of its records. Observed.
    fn fits(self, id: &str) -> bool {
        match self {
            Self::Contact => id.len() == 20 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            Self::CustomObject => is_object_id(id),
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Contact => "a contact's id",
            Self::CustomObject => "the id of a custom object's record",
        }
    }
}

/// Checks that the records' ids have the form of their object's.
pub(in crate::check) fn record_ids(members: &Members<'_>, advice: &mut Advice<'_>) {
    if !advice.event.is_about_records() {
        return;
    }
    let sides = [(FIRST_KEY, FIRST_RECORD), (SECOND_KEY, SECOND_RECORD)].map(|(key, record)| {
        let kind = RecordKind::of(&filled(members, key)?.text)?;
        Some((kind, record, filled(members, record)?))
    });
    if let [Some((first, slot, one)), Some((second, _, two))] = &sides
        && first != second
        && first.fits(&two.text)
        && second.fits(&one.text)
    {
        let message = || "`firstRecordId` and `secondRecordId` seem to be swapped".to_owned();
        advice.raise_at(Code::RecordId, NAMES[*slot], one.member.value(), message).help = Some(FORMS.into());
        return;
    }
    for (kind, slot, record) in sides.iter().flatten().filter(|(kind, _, record)| !kind.fits(&record.text)) {
        let (value, name) = (record.member.value(), NAMES[*slot]);
        let message = || format!("`{name}` is {}, which is not the form of {}", shown(value), kind.id());
        advice.raise_at(Code::RecordId, name, value, message).help = Some(FORMS.into());
    }
}
