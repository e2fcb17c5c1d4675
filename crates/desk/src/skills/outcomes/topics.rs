//! What desks call their kinds of work, in the product's four languages, and the skill of the shipped library that each
//! needs. The desk's own rules go before: they know this company's words, and these are only the field's.

use ::text::{Hardness, Needs, Rule};
use std::sync::LazyLock;

/// The level and the weight that the rules of the library ask for as well.
const LEVEL: f64 = 2.0;
const WEIGHT: f64 = 1.0;

/// A skill's key, and names of topics that need it; written as the phrases of a rule, between commas.
const NAMES: [(&str, &str); 18] = [
    (
        "billing-and-refunds",
        "billing, payment*, refund*, charge, charges, charged, chargeback*, invoice*, credit card*, \
         vat, tax, taxes, discount*, voucher*, coupon*, promo code*, overcharge*, pago*, cobro*, \
         factura*, reembolso*, descuento*, cupón, cupones, impuesto*, zahlung*, rechnung*, erstattung*, \
         rabatt*, gutschein*, abrechnung*, mahnung*, lastschrift*, paiement*, remboursement*, remise*, \
         bon de réduction, bons de réduction",
    ),
    (
        "shipping-and-delivery",
        "delivery, deliveries, shipping, shipment*, parcel*, package, packages, courier*, tracking, \
         order status, where is my order, wismo, late order*, return, returns, exchange*, damaged \
         item*, missing item*, wrong item*, customs, dispatch*, envío*, entrega*, paquete*, \
         devolución*, devoluciones, estado del pedido, pedido retrasado, lieferung*, lieferverzug, \
         lieferverzögerung*, versand*, paket, pakete, rücksendung*, rückgabe*, retoure*, bestellstatus, \
         sendung*, umtausch*, zustellung*, livraison*, expédition*, colis, retour, retours, échange*, \
         suivi de commande, retard de commande",
    ),
    (
        "basic-troubleshooting",
        "bug, bugs, bug report*, defect*, fault*, error*, broken, not working, malfunction*, technical, \
         crash*, outage*, troubleshooting, repair*, warranty, fallo*, avería*, incidencia*, soporte \
         técnico, problema técnico, problemas técnicos, garantía*, reparación*, reparaciones, fehler*, \
         störung*, defekt*, technik, technisch*, ausfall*, ausfälle, absturz, abstürze, reparatur*, \
         garantie*, bogue*, erreur*, panne*, technique*, dysfonctionnement*, réparation*, incident*",
    ),
    (
        "account-and-sign-in",
        "account*, login*, log in, sign in, sign up, registration*, user profile*, cuenta*, inicio de \
         sesión, registro, konto*, konten, kundenkonto, zugang*, anmeldung*, registrierung*, compte*, \
         connexion*, inscription*",
    ),
    (
        "password-and-account-recovery",
        "password*, 2fa, two factor*, contraseña*, passwort*, kennwort*, mot de passe, mots de passe",
    ),
    (
        "subscriptions-and-plans",
        "subscription*, cancellation*, renewal*, upgrade*, downgrade*, plan change*, pricing, trial*, \
         membership*, contract*, suscripción*, suscripciones, cancelación*, cancelaciones, renovación*, \
         contrato*, tarifa*, abo, abos, abonnement*, kündigung*, vertrag*, verträge, tarif, tarife, \
         tarifs, verlängerung*, résiliation*, renouvellement*, contrat*",
    ),
    (
        "privacy-requests",
        "privacy, gdpr, data protection, data deletion, account deletion, privacidad, rgpd, protección \
         de datos, datenschutz*, dsgvo, löschung*, confidentialité, protection des données",
    ),
    (
        "api-and-integrations",
        "api, integration*, webhook*, developer*, integración*, integraciones, schnittstelle*, \
         anbindung*, intégration*, développeur*",
    ),
    (
        "data-export-and-import",
        "export, exports, import, imports, data migration*, migration*, exportación*, importación*, \
         migración*, datenexport*, datenimport*, datenübernahme*, exportation*, importation*",
    ),
    (
        "mobile-app",
        "mobile, app, apps, ios, android, móvil*, smartphone*, appli, application mobile, aplicación \
         móvil",
    ),
    (
        "customer-advocacy",
        "feature request*, feature wish*, suggestion*, feedback, idea, ideas, sugerencia*, mejora*, \
         verbesserung*, vorschlag*, vorschläge, anregung*, amélioration*, idée*",
    ),
    (
        "de-escalation",
        "complaint*, queja*, reclamación*, reclamaciones, beschwerde*, reklamation*, réclamation*, \
         plainte*",
    ),
    (
        "network-connectivity",
        "network*, wifi, wi fi, internet, connectivity, connection*, conectividad, netzwerk*, wlan, \
         verbindung*, réseau*, connectivité",
    ),
    (
        "software-installation",
        "install*, setup, set up, instalación*, instalaciones, einrichtung*, configuration*",
    ),
    (
        "hardware-and-peripherals",
        "hardware, device*, printer*, battery, batteries, charger*, dispositivo*, impresora*, batería*, \
         gerät*, drucker*, akku*, matériel*, appareil*, imprimante*, batterie*",
    ),
    (
        "product-knowledge",
        "product question*, product info*, general question*, general inquir*, general enquir*, how to, \
         presales, pre sales, consulta general, consultas generales, información de producto, \
         produktfrage*, allgemeine frage*, allgemeine anfrage*, question générale, questions générales, \
         demande générale, information produit",
    ),
    (
        "security-awareness",
        "phishing, fraud*, scam*, security, estafa*, seguridad, betrug*, sicherheit*, arnaque*, \
         sécurité",
    ),
    ("saml-and-sso", "sso, saml, single sign on, identity provider*"),
];

static TOPICS: LazyLock<Needs> =
    LazyLock::new(|| Needs::compile(&rules()).expect("a test proves that these phrases can be read"));

fn rules() -> Vec<Rule> {
    let rule = |(id, (skill, names)): (i64, &(&str, &str))| Rule {
        id,
        skill: (*skill).to_owned(),
        level: LEVEL,
        weight: WEIGHT,
        hardness: Hardness::Prefer,
        language: None,
        any: names.split(", ").map(str::to_owned).collect(),
    };
    (0..).zip(&NAMES).map(rule).collect()
}

/// Keys of skills, with level and weight, that a topic of this name needs as a rule.
pub(super) fn needs_of(topic: &str) -> impl Iterator<Item = (String, f64, f64)> {
    TOPICS.of(topic, "", None).into_iter().map(|it| (it.skill, it.level, it.weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skills_of(topic: &str) -> Vec<String> {
        needs_of(topic).map(|it| it.0).collect()
    }

    #[test]
    fn ordinary_topics_are_known_in_each_language_of_the_product() {
        for (topic, skill) in [
            ("Delivery late", "shipping-and-delivery"),
            ("Bug report", "basic-troubleshooting"),
            ("Payment issue", "billing-and-refunds"),
            ("Retraso en la entrega", "shipping-and-delivery"),
            ("Error de la web", "basic-troubleshooting"),
            ("Devoluciones", "shipping-and-delivery"),
            ("Lieferverzug", "shipping-and-delivery"),
            ("Fehlermeldung", "basic-troubleshooting"),
            ("Beschwerde", "de-escalation"),
            ("Livraison en retard", "shipping-and-delivery"),
            ("Signalement d'un bug", "basic-troubleshooting"),
            ("Mot de passe oublié", "password-and-account-recovery"),
        ] {
            assert_eq!(skills_of(topic), [skill], "{topic}");
        }
        assert_eq!(skills_of("Refund of a late delivery"), ["billing-and-refunds", "shipping-and-delivery"]);
    }

    #[test]
    fn a_topic_that_says_nothing_of_its_work_waits_for_somebody_who_knows_it() {
        for topic in ["", "Other", "zzz", "Important", "About us", "Tier 2", "Sonstiges", "Divers", "Otros"] {
            assert!(skills_of(topic).is_empty(), "{topic}: {:?}", skills_of(topic));
        }
    }

    #[test]
    fn every_skill_named_here_is_in_the_library() {
        for (skill, _) in NAMES {
            assert!(::skills::library().skills.iter().any(|it| it.key == skill), "{skill}");
        }
    }
}
