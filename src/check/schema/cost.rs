//! The work that a schema may cause in a validator, as far as the schema alone shows it.
//!
//! In: a schema's value. Out: its [`Cost`], or the reason why it is too high.
//! Invariants: the cost is an upper bound for every payload: if a reference could lead to several places, all of them
//! count; each subschema is looked at once.

use super::pattern;
use crate::check::message::cut;
use crate::count::amount;
use anyhow::bail;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// The most that a schema may hold. Each of its values counts once; once more for each `not` around it, because schema
/// errors keep a copy; and once more for each eight levels of depth, which places spell out.
const MOST_WEIGHT: usize = 250_000;
/// The number of subschemas, nested in one another by `$ref`, `allOf` and the like, that one value may be checked
/// against.
const MOST_NESTED: usize = 1_000;
/// The number of times that one value may be checked by subschemas that are combined again and again.
const MOST_CHECKS: u64 = 5_000;
/// The number of patterns.
const MOST_PATTERNS: usize = 4_000;

/// The highest cost of checking one value against a schema.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    /// The number of nested subschemas that are entered without going deeper into the payload.
    pub(super) nested: usize,
    /// The number of all subschemas that are entered without going deeper into the payload.
    pub(super) checks: u64,
    /// The number of places in the largest pattern that a character may match.
    pub(super) string: u64,
    /// The same for all patterns together that a member's name must match.
    pub(super) name: u64,
    /// The number of patterns.
    pub(super) patterns: usize,
}

impl Cost {
    /// # Errors
    /// The schema is too costly, or a pattern in it is not one.
    pub(super) fn of(schema: &Value) -> anyhow::Result<Self> {
        let mut walk = SchemaWalk { root: schema, ..SchemaWalk::default_for(schema) };
        walk.index(schema, 0, 0);
        if walk.weight > MOST_WEIGHT {
            bail!("it is too large to be used: leave out the parts that are not about this event");
        }
        walk.later.push((schema, schema));
        while let Some((part, resource)) = walk.later.pop() {
            walk.enter(part, resource, 1)?;
        }
        Ok(walk.cost)
    }
}

struct SchemaWalk<'s> {
    root: &'s Value,
    weight: usize,
    /// Subschemas by the names that `$ref` may use; `$id` by its last part.
    named: HashMap<&'s str, Vec<&'s Value>>,
    /// Subschemas for deeper values, each with its resource.
    later: Vec<(&'s Value, &'s Value)>,
    /// The results so far, by address.
    known: HashMap<usize, (usize, u64)>,
    /// The subschemas being looked at, by address.
    open: HashSet<usize>,
    cost: Cost,
}

impl<'s> SchemaWalk<'s> {
    fn default_for(root: &'s Value) -> Self {
        Self {
            root,
            weight: 0,
            named: HashMap::new(),
            later: Vec::new(),
            known: HashMap::new(),
            open: HashSet::new(),
            cost: Cost::default(),
        }
    }

    fn index(&mut self, value: &'s Value, depth: usize, nots: usize) {
        self.weight += 1 + nots + depth / 8;
        match value {
            Value::Array(elements) => {
                elements.iter().for_each(|element| self.index(element, depth + 1, nots));
            }
            Value::Object(members) => {
                for name in
                    ["$anchor", "$dynamicAnchor", "$id", "id"].iter().filter_map(|key| members.get(*key))
                {
                    let name = name.as_str().unwrap_or_default().trim_end_matches('#');
                    self.named.entry(last_part(name)).or_default().push(value);
                }
                if members.contains_key("$recursiveAnchor") {
                    self.named.entry("#").or_default().push(value);
                }
                for (name, member) in members {
                    self.index(member, depth + 1, nots + usize::from(name == "not"));
                }
            }
            _ => {}
        }
    }

    /// The depth and number of checks of one value by `schema` and all that it combines.
    fn enter(
        &mut self,
        schema: &'s Value,
        resource: &'s Value,
        depth: usize,
    ) -> anyhow::Result<(usize, u64)> {
        let Value::Object(keywords) = schema else { return Ok((1, 1)) };
        let address = std::ptr::from_ref(schema) as usize;
        if let Some(known) = self.known.get(&address) {
            return Ok(*known);
        }
        if !self.open.insert(address) {
            bail!("a `$ref` in it leads back to itself without going into the payload, so it means nothing");
        }
        if depth > MOST_NESTED {
            bail!(
                "its `$ref`s and `allOf`s lead into one another more than {MOST_NESTED} times; use fewer steps"
            );
        }
        let resource = if keywords.contains_key("$id") { schema } else { resource };
        let again = 1 + ["unevaluatedProperties", "unevaluatedItems"]
            .iter()
            .filter(|keyword| keywords.contains_key(**keyword))
            .count() as u64;
        let (mut nested, mut checks) = (0, 1u64);
        for (part, resource) in self.combined(keywords, resource) {
            let (deeper, more) = self.enter(part, resource, depth + 1)?;
            nested = nested.max(deeper);
            checks = checks.saturating_add(more.saturating_mul(again));
        }
        if checks > MOST_CHECKS {
            bail!(
                "it checks one value against {checks} subschemas, combining the same ones again and again; {MOST_CHECKS} are allowed"
            );
        }
        self.deeper(keywords, resource)?;
        self.open.remove(&address);
        self.known.insert(address, (nested + 1, checks));
        self.cost.nested = self.cost.nested.max(nested + 1);
        self.cost.checks = self.cost.checks.max(checks);
        Ok((nested + 1, checks))
    }

    /// The subschemas that the same value is checked against.
    fn combined(&self, keywords: &'s Map<String, Value>, resource: &'s Value) -> Vec<(&'s Value, &'s Value)> {
        let mut parts = Vec::new();
        for (keyword, value) in keywords {
            match (keyword.as_str(), value) {
                ("allOf" | "anyOf" | "oneOf", Value::Array(list)) => {
                    parts.extend(list.iter().map(|part| (part, resource)));
                }
                ("not" | "if" | "then" | "else", part) => parts.push((part, resource)),
                ("dependentSchemas" | "dependencies", Value::Object(list)) => {
                    parts.extend(list.values().map(|part| (part, resource)));
                }
                ("$ref" | "$dynamicRef" | "$recursiveRef", Value::String(reference)) => {
                    parts.extend(self.targets(keyword, reference, resource));
                }
                _ => {}
            }
        }
        parts
    }

    fn targets(&self, keyword: &str, reference: &str, resource: &'s Value) -> Vec<(&'s Value, &'s Value)> {
        let named = |name: &str| self.named.get(name).map_or(&[][..], Vec::as_slice);
        let (base, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let resources = match base {
            "" => vec![resource],
            base => named(last_part(base)).to_vec(),
        };
        let fragment = percent_decode_str(fragment).decode_utf8_lossy();
        let mut targets: Vec<_> = match &*fragment {
            "" => resources.into_iter().map(|resource| (resource, resource)).collect(),
            // A pointer may also count from the document, whatever `$id` is in between.
            pointer if pointer.starts_with('/') => {
                let from = resources.into_iter().chain((base.is_empty()).then_some(self.root));
                from.filter_map(|resource| Some((resource.pointer(pointer)?, resource))).collect()
            }
            anchor => named(anchor).iter().map(|part| (*part, resource)).collect(),
        };
        if keyword == "$recursiveRef" {
            targets.extend(named("#").iter().map(|part| (*part, *part)));
        }
        targets.dedup_by_key(|(part, _)| std::ptr::from_ref(*part) as usize);
        targets
    }

    /// Notes the subschemas for the values inside, and the patterns.
    fn deeper(&mut self, keywords: &'s Map<String, Value>, resource: &'s Value) -> anyhow::Result<()> {
        for (keyword, value) in keywords {
            match (keyword.as_str(), value) {
                ("properties", Value::Object(list)) => {
                    self.later.extend(list.values().map(|part| (part, resource)));
                }
                ("patternProperties", Value::Object(list)) => {
                    self.later.extend(list.values().map(|part| (part, resource)));
                    let patterns =
                        list.keys().map(|text| self.pattern(text)).collect::<Result<Vec<_>, _>>()?;
                    self.cost.name = self.cost.name.max(patterns.iter().sum());
                }
                ("pattern", Value::String(text)) => {
                    let size = self.pattern(text)?;
                    self.cost.string = self.cost.string.max(size);
                }
                ("prefixItems" | "items", Value::Array(list)) => {
                    self.later.extend(list.iter().map(|part| (part, resource)));
                }
                (
                    "items"
                    | "additionalItems"
                    | "additionalProperties"
                    | "contains"
                    | "propertyNames"
                    | "unevaluatedItems"
                    | "unevaluatedProperties",
                    part,
                ) => self.later.push((part, resource)),
                _ => {}
            }
        }
        Ok(())
    }

    fn pattern(&mut self, text: &str) -> anyhow::Result<u64> {
        self.cost.patterns += 1;
        if self.cost.patterns > MOST_PATTERNS {
            bail!("it holds more than {}", amount(MOST_PATTERNS as u64, "pattern"));
        }
        pattern::size(text).map_err(|why| anyhow::anyhow!("the pattern `{}` {why}", cut(text)))
    }
}

/// The text after the last slash of a URI.
fn last_part(uri: &str) -> &str {
    uri.rsplit('/').next().unwrap_or(uri)
}
