//! All events that the vendor documents, by name.
//!
//! In: the value of `type`. Out: the event with that name.
//! Invariants: the names of the judged events are among them; a name is looked up exactly and without an allocation,
//! because a stream may hold only other events.

/// The names of the events' pages, 77 on 2026-08-30. Documented.
pub const EVENTS: &[&str] = &[
    "AppInstall",
    "AppPaymentStatus",
    "AppUninstall",
    "AppUpdate",
    "AppointmentCreate",
    "AppointmentDelete",
    "AppointmentUpdate",
    "AssociationCreate",
    "AssociationDelete",
    "AssociationUpdate",
    "CampaignStatusUpdate",
    "ContactCreate",
    "ContactDelete",
    "ContactDndUpdate",
    "ContactTagUpdate",
    "ContactUpdate",
    "ConversationUnreadWebhook",
    "ConversationUpdate",
    "ExternalAuthConnected",
    "InboundMessage",
    "InvoiceCreate",
    "InvoiceDelete",
    "InvoicePaid",
    "InvoicePartiallyPaid",
    "InvoiceSent",
    "InvoiceUpdate",
    "InvoiceVoid",
    "KnowledgeBaseCreate",
    "KnowledgeBaseDelete",
    "KnowledgeBaseFaqChange",
    "KnowledgeBaseFileChange",
    "KnowledgeBaseRichTextChange",
    "KnowledgeBaseTableFileChange",
    "KnowledgeBaseTrainedUrlChange",
    "KnowledgeBaseUpdate",
    "LCEmailStats",
    "LocationCreate",
    "LocationUpdate",
    "NoteCreate",
    "NoteDelete",
    "NoteUpdate",
    "ObjectSchemaCreate",
    "ObjectSchemaUpdate",
    "OpportunityAssignedToUpdate",
    "OpportunityCreate",
    "OpportunityDelete",
    "OpportunityMonetaryValueUpdate",
    "OpportunityStageUpdate",
    "OpportunityStatusUpdate",
    "OpportunityUpdate",
    "OrderCreate",
    "OrderStatusUpdate",
    "OutboundMessage",
    "PlanChange",
    "PriceCreate",
    "PriceDelete",
    "PriceUpdate",
    "ProductCreate",
    "ProductDelete",
    "ProductUpdate",
    "ProviderOutboundMessage",
    "RecordCreate",
    "RecordDelete",
    "RecordUpdate",
    "RelationCreate",
    "RelationDelete",
    "SaaSPlanCreate",
    "SupportTicketCreate",
    "SupportTicketDelete",
    "SupportTicketUpdate",
    "TaskComplete",
    "TaskCreate",
    "TaskDelete",
    "UserCreate",
    "UserDelete",
    "UserUpdate",
    "VoiceAiCallEnd",
];

/// The values of `type` that differ from the page's name, each with that name. Documented.
pub const RENAMED: &[(&str, &str)] = &[
    ("INSTALL", "AppInstall"),
    ("UNINSTALL", "AppUninstall"),
    ("PLAN_CHANGE", "PlanChange"),
    ("EXTERNAL_AUTH_CONNECTED", "ExternalAuthConnected"),
    ("ConversationUnreadUpdate", "ConversationUnreadWebhook"),
    ("SMS", "ProviderOutboundMessage"),
    ("Email", "ProviderOutboundMessage"),
];

/// The event whose `type` is exactly `text`.
pub fn documented(text: &str) -> Option<&'static str> {
    let renamed = || RENAMED.iter().find(|(value, _)| *value == text).map(|(_, name)| *name);
    EVENTS.binary_search(&text).ok().map(|index| EVENTS[index]).or_else(renamed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::lookalikes;

    #[test]
    fn every_name_occurs_once_and_in_order() {
        assert!(EVENTS.is_sorted_by(|one, other| one < other));
        assert_eq!(EVENTS.len(), 77);
        assert_eq!(documented("AssociationCreate"), Some("AssociationCreate"));
        assert_eq!(documented("INSTALL"), Some("AppInstall"));
        assert_eq!(documented("Associationcreate"), None);
        for name in
            RENAMED.iter().map(|(_, name)| name).chain(lookalikes().iter().flat_map(|looks| &*looks.types))
        {
            assert!(EVENTS.contains(name), "{name}");
        }
    }
}
