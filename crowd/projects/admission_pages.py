"""Pages that make and revoke invite links, and the page that such a link opens."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crowd.people.account_pages import NewAccountForm
from crowd.people.accounts import AddressTaken, newcomer
from crowd.people.models import User
from crowd.people.signin import AUTHENTICATION_BACKEND, PersonRequest, limited, private, signed_in
from crowd.projects import invite_links
from crowd.projects.allow_list import NotAllowed, refuse_unless_listed
from crowd.projects.forms import NewLinkForm
from crowd.projects.models import InviteLink, Membership, WaitingMember
from crowd.projects.pages import members_page
from crowd.projects.permissions import PERMISSIONS, Permission, project_for


@signed_in
@require_POST
def make_link(request: PersonRequest, slug: str) -> HttpResponse:
    project = project_for(request.user, slug, Permission.MANAGE)
    form = NewLinkForm(request.POST)
    if not form.is_valid():
        return members_page(request, project, link_form=form)
    invite_links.make_link(project=project, actor=request.user, **form.validated)
    messages.success(request, _("The link is made. Copy it below and hand it on."))
    return redirect("members", slug)


@signed_in
@require_POST
def revoke_link(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    project = project_for(request.user, slug, Permission.MANAGE)
    invite_links.revoke_link(link=get_object_or_404(project.invite_links, pk=pk), actor=request.user)
    messages.success(request, _("Nobody can join by that link any more. You can make a new one."))
    return redirect("members", slug)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """What an invite link opens: for who is signed in a button, for others also the making of an
    account."""
    link = invite_links.find_link(token)
    if isinstance(request.user, AnonymousUser):
        return _join_as_newcomer(request, link)
    return _join_as(request.user, request, link)


def _join_as(user: User, request: HttpRequest, link: InviteLink) -> HttpResponse:
    if found := invite_links.standing_of(user, link.project):
        return _to_the_project(found)
    invite_links.refuse_if_closed(link)
    refuse_unless_listed(link.project, user.email)
    if request.method == "POST":
        return _to_the_project(invite_links.join(link=link, user=user))
    return render(request, "projects/join.html", {"project": link.project})


def _to_the_project(membership: Membership | WaitingMember) -> HttpResponse:
    if isinstance(membership, WaitingMember):
        return redirect("home")  # which says what they wait for
    page = "project" if Permission.READ in PERMISSIONS[membership.role] else "work"
    return redirect(page, membership.project.slug)


def _join_as_newcomer(request: HttpRequest, link: InviteLink) -> HttpResponse:
    """Whether an address has an account shows here, as wherever accounts are made without a mail to
    confirm them. Finding out takes an open link, is limited by network, and each miss leaves an
    account and a member in the audit trail. A password is never tried: signing in has one door."""
    invite_links.refuse_if_closed(link)
    limited(request, "signup")
    form = NewAccountForm(request.POST or None)
    if form.is_valid():
        user = newcomer(form.cleaned_data["email"], form.cleaned_data["new_password1"])
        try:
            membership = invite_links.join_as_newcomer(link=link, newcomer=user)
        except (AddressTaken, NotAllowed) as error:
            form.add_error("email", error.detail)
        else:
            login(request, user, AUTHENTICATION_BACKEND)
            return _to_the_project(membership)
    return render(request, "projects/join.html", {"project": link.project, "form": form})
