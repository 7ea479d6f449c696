"""The addresses of SAML, there only where `ridgeway[saml]` is installed."""

from allauth.socialaccount.providers.saml import views
from django.urls import path

from ridgeway.office.people.gates import ungated

back = ungated("where a sign-on service sends people back")

urlpatterns = [
    path("sign-on/<slug:organization_slug>/saml", back(views.acs), name="saml_acs"),
    path("sign-on/<slug:organization_slug>/saml/finish", back(views.finish_acs), name="saml_finish_acs"),
    path("sign-on/<slug:organization_slug>/saml/sign-out", back(views.sls), name="saml_sls"),
    path("sign-on/<slug:organization_slug>/saml/metadata", back(views.metadata), name="saml_metadata"),
]
